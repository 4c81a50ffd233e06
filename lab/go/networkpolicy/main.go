// Command networkpolicy enforces Kubernetes' NetworkPolicies on one node of the lab. The engine that decides is
// kube-network-policies; its own dataplane needs nftables' queue statement, which not every kernel has, so packets come
// here by iptables' NFQUEUE target instead.
package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file with the address and credentials of the API server")
	node := flag.String("node", "", "name of the node whose packets are judged")
	queue := flag.Uint("queue", 100, "number of the netfilter queue")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig, *node, uint16(*queue)); err != nil {
		klog.ErrorS(err, "networkpolicy ends")
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig, node string, queue uint16) error {
	engine, err := newEngine(ctx, kubeconfig, node)
	if err != nil {
		return err
	}
	if err := judgePackets(ctx, engine, queue); err != nil {
		return err
	}
	// The rule comes last: until somebody answers, the kernel would hold every packet back.
	remove, err := divertPackets(queue)
	if err != nil {
		return err
	}
	defer remove()
	klog.InfoS("judging new connections", "node", node, "queue", queue)
	<-ctx.Done()
	return nil
}

// newEngine returns the policy engine over informers that have caught up with the API server.
func newEngine(ctx context.Context, kubeconfig, node string) (*networkpolicy.PolicyEngine, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	namespaces := factory.Core().V1().Namespaces()
	pods := factory.Core().V1().Pods()
	policies := factory.Networking().V1().NetworkPolicies()
	resolver, err := podinfo.NewInformerResolver(pods.Informer())
	if err != nil {
		return nil, err
	}
	provider := podinfo.NewInformerProvider(pods, namespaces, nil, []podinfo.IPResolver{resolver})
	standard := networkpolicy.NewStandardNetworkPolicy(node, namespaces, pods, policies)
	synced := []cache.InformerSynced{
		namespaces.Informer().HasSynced, pods.Informer().HasSynced, policies.Informer().HasSynced,
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), synced...) {
		return nil, ctx.Err()
	}
	return networkpolicy.NewPolicyEngine(provider, []api.PolicyEvaluator{standard}), nil
}
