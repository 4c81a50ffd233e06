//go:build cluster

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	deploymentToken = "kubernetes:apps/v1:Deployment"
	serviceToken    = "kubernetes:core/v1:Service"
)

func (s *stand) deployment(replicas int, podSpec string, annotations string) string {
	return fmt.Sprintf(`
metadata: {annotations: {%s}}
spec:
  replicas: %d
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec: %s
`, annotations, replicas, strings.Replace(podSpec, "restartPolicy: Never, ", "", 1))
}

func TestADeploymentIsReadyWhenItsPodsAre(t *testing.T) {
	s := newStand(t)
	s.within(2*time.Minute, "the Deployment", func() {
		made := s.mustCreate(deploymentToken, "x", s.deployment(2, s.pod("sleep 600"), ""))
		if ready, _, _ := nestedInt(s.live(made), "status", "availableReplicas"); ready != 2 {
			t.Errorf("%d replicas are available", ready)
		}
		if err := s.update(made, s.deployment(2, s.pod("sleep 601"), "")); err != nil {
			t.Fatal(err)
		}
		if updated, _, _ := nestedInt(s.live(made), "status", "updatedReplicas"); updated != 2 {
			t.Errorf("%d replicas are updated", updated)
		}
		if there, err := s.refresh(made); !there || err != nil {
			t.Errorf("refresh: %v, %v", there, err)
		}
		if err := s.delete(made); err != nil {
			t.Error(err)
		}
	})
}

// failing creates a Deployment that cannot get ready: with little time and, if the cluster has not said why by then, once
// more with much.
func failing(t *testing.T, podSpec, quota string, why []string) (on *stand, made *thing, err error) {
	t.Helper()
	for _, seconds := range []int{6, 60} {
		on = newStand(t)
		if quota != "" {
			on.mustCreate("kubernetes:core/v1:ResourceQuota", "q", "spec: {hard: "+quota+"}")
		}
		annotation := fmt.Sprintf(`pulumi.com/timeoutSeconds: "%d"`, seconds)
		made, err = on.create(deploymentToken, "x", on.deployment(1, podSpec, annotation))
		said := fmt.Sprint(initFailed(err).GetReasons())
		silent := func(part string) bool { return !strings.Contains(said, part) }
		if !slices.ContainsFunc(why, silent) && strings.Contains(strings.Join(on.host.statuses, "\n"), why[0]) {
			break
		}
	}
	return on, made, err
}

func TestADeploymentThatFailsSaysWhyAndStaysInTheState(t *testing.T) {
	s := newStand(t)
	missing := `{containers: [{name: c, image: "localhost/absent:1", imagePullPolicy: IfNotPresent}]}`
	// Without an account's token, no other volume can have a trouble of its own.
	unmounted := `{automountServiceAccountToken: false, volumes: [{name: v, secret: {secretName: absent}}],
  containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v}]}]}`
	unready := strings.Replace(s.pod("sleep 600"), "name: c",
		"name: c, readinessProbe: {exec: {command: [sh, -c, exit 1]}, periodSeconds: 1}", 1)
	// Without a probe, the container would be ready, and the Deployment available, for as long as it lives.
	crashing := strings.Replace(s.pod("printf 'no certificate' > /dev/termination-log; exit 3"), "name: c",
		"name: c, readinessProbe: {exec: {command: ['true']}, initialDelaySeconds: 60}", 1)
	cases := []struct {
		name, spec string
		parts      []string
	}{
		{"no image", missing, []string{"container c", "localhost/absent:1"}},
		{"it crashes", crashing, []string{"exit code 3", "no certificate"}},
		{"no node", `{nodeSelector: {no: such}, containers: [{name: c, image: i}]}`, []string{"Unschedulable"}},
		{"no volume", unmounted, []string{"FailedMount", `secret "absent" not found`}},
		{"not ready", unready, []string{"Unhealthy", "Readiness probe failed"}},
		{
			"no such account", `{serviceAccountName: absent, containers: [{name: c, image: i}]}`,
			[]string{`serviceaccount "absent" not found`},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			on, made, err := failing(t, c.spec, "", c.parts)
			failed := initFailed(err)
			if failed == nil {
				t.Fatalf("the error is %v", err)
			}
			mustContain(t, strings.Join(failed.GetReasons(), "\n"), append(c.parts, "timed out")...)
			mustContain(t, err.Error(), c.parts...)
			if made.id == "" || text(made.outputs, "metadata", "uid") == "" || len(failed.GetInputs().GetFields()) == 0 {
				t.Errorf("the state would have %q, %v and %v", made.id, made.outputs, failed.GetInputs())
			}
			mustContain(t, strings.Join(on.host.statuses, "\n"), c.parts[0])
			if there, err := on.refresh(made); !there || initFailed(err) == nil {
				t.Errorf("refresh: %v, %v", there, err)
			}
			if err := on.update(made, on.deployment(1, on.pod("sleep 600"), `pulumi.com/timeoutSeconds: "120"`)); err != nil {
				t.Errorf("the repaired Deployment: %v", err)
			}
		})
	}
}

func TestADeploymentOverQuotaSaysSo(t *testing.T) {
	const words = "exceeded quota"
	_, _, err := failing(t, newStand(t).pod("sleep 600"), "{pods: '0'}", []string{words})
	if initFailed(err) == nil {
		t.Fatalf("the error is %v", err)
	}
	mustContain(t, err.Error(), words)
}

func TestAServiceIsReadyWhenItsEndpointsHaveSettled(t *testing.T) {
	s := newStand(t)
	begun := time.Now()
	s.mustCreate(serviceToken, "x", "spec: {selector: {a: b}, ports: [{port: 443}]}")
	if took := time.Since(begun); took < settlingTime || took > settlingTime+30*time.Second {
		t.Errorf("it took %s", took)
	}
	s.within(settlingTime-time.Second, "a Service that is not awaited", func() {
		s.mustCreate(serviceToken, "y", `
metadata: {annotations: {pulumi.com/skipAwait: "true"}}
spec: {selector: {a: b}, ports: [{port: 443}]}
`)
	})
	s.within(settlingTime-time.Second, "two Services without addresses", func() {
		s.mustCreate(serviceToken, "z", "spec: {clusterIP: None, selector: {a: b}, ports: [{port: 443}]}")
		s.mustCreate(serviceToken, "external", "spec: {type: ExternalName, externalName: example.org}")
	})
}

func TestALoadBalancerIsReadyWhenItHasAnAddress(t *testing.T) {
	s := newStand(t)
	const body = `{metadata: {name: x, annotations: {pulumi.com/waitFor: "jsonpath={.status.loadBalancer.ingress}"}},
  spec: {type: LoadBalancer, loadBalancerClass: test.example/none, selector: {a: b}, ports: [{port: 443}]}}`
	service := &thing{urn: urnFor(serviceToken, "x")}
	service.inputs = s.check(service, body)
	var group sync.WaitGroup
	defer group.Wait()
	var given atomic.Bool
	group.Go(func() {
		s.untilAwaited()
		given.Store(true)
		s.tamper(service, `{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}`, "status")
	})
	made := s.mustCreate(serviceToken, "x", body)
	if !given.Load() {
		t.Error("it was ready before it had an address")
	}
	if !strings.Contains(made.outputs["status"].String(), "192.0.2.1") {
		t.Errorf("its status is %v", made.outputs["status"])
	}
	s.tamper(made, `{"status":{"loadBalancer":{"ingress":null}}}`, "status")
	there, err := s.refresh(made)
	if failed := initFailed(err); !there || failed == nil {
		t.Fatalf("refresh without the address: %v, %v", there, err)
	}
	mustContain(t, err.Error(), "no address of a load balancer")
}

func TestALoadBalancerWithoutAnAddressFails(t *testing.T) {
	s := newStand(t)
	_, err := s.create(serviceToken, "x", `{metadata: {annotations: {pulumi.com/timeoutSeconds: "2"}},
  spec: {type: LoadBalancer, loadBalancerClass: test.example/none, selector: {a: b}, ports: [{port: 443}]}}`)
	if initFailed(err) == nil {
		t.Fatalf("the error is %v", err)
	}
	mustContain(t, err.Error(), "no address of a load balancer")
}

func TestAPodIsReadyOrDoneOrHasFailed(t *testing.T) {
	s := newStand(t)
	const podToken = "kubernetes:core/v1:Pod"
	pod := func(command string) string { return "spec: " + s.pod(command) }
	s.mustCreate(podToken, "runs", pod("sleep 600"))
	s.mustCreate(podToken, "done", pod("true"))
	// It must not be ready in between, or that is what it is taken for.
	fails := strings.Replace(pod("printf why > /dev/termination-log; exit 2"),
		"command:", "readinessProbe: {exec: {command: [\"false\"]}}, command:", 1)
	_, err := s.create(podToken, "fails", fails)
	if initFailed(err) == nil {
		t.Fatalf("the error is %v", err)
	}
	mustContain(t, err.Error(), "it has failed", "exit code 2 (Error): why")
}

func TestAVolumeIsReadyWhenItIsThereAndAClaimWhenItIsBound(t *testing.T) {
	s := newStand(t)
	volume := s.mustCreate("kubernetes:core/v1:PersistentVolume", "v", fmt.Sprintf(`
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /tmp}, storageClassName: %s}
`, s.namespace))
	claim := func(size, seconds string) string {
		return fmt.Sprintf(`
metadata: {annotations: {pulumi.com/timeoutSeconds: "%s"}}
spec: {accessModes: [ReadWriteOnce], storageClassName: %s, resources: {requests: {storage: %s}}}
`, seconds, s.namespace, size)
	}
	bound := s.mustCreate("kubernetes:core/v1:PersistentVolumeClaim", "bound", claim("1Gi", "120"))
	_, err := s.create("kubernetes:core/v1:PersistentVolumeClaim", "pending", claim("2Gi", "3"))
	if initFailed(err) == nil {
		t.Errorf("a claim that nothing satisfies: %v", err)
	}
	for _, made := range []*thing{bound, volume} {
		if err := s.delete(made); err != nil {
			t.Error(err)
		}
	}
}

func TestATokensSecretIsReadyWhenItHoldsTheToken(t *testing.T) {
	s := newStand(t)
	s.mustCreate("kubernetes:core/v1:ServiceAccount", "x", "metadata: {name: x}")
	made := s.mustCreate(secretToken, "x", `
type: kubernetes.io/service-account-token
metadata: {annotations: {kubernetes.io/service-account.name: x}}
`)
	if !made.outputs["data"].IsSecret() || text(made.outputs, "data", "token") == "" {
		t.Errorf("the outputs are %v", made.outputs)
	}
}

func TestCancellationEndsAWaitAndKeepsTheObject(t *testing.T) {
	s := newStand(t)
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		s.untilAwaited()
		_, _ = s.plugin.Cancel(context.Background(), nil)
	})
	s.within(time.Minute, "the cancelled wait", func() {
		made, err := s.create(jobToken, "x", s.job(s.pod("sleep 600"), "", ""))
		if initFailed(err) == nil || made.id == "" {
			t.Fatalf("the error is %v", err)
		}
		mustContain(t, err.Error(), "cancelled")
	})
}

func TestAnObjectDeletedWhileItIsAwaitedIsAnError(t *testing.T) {
	s := newStand(t)
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		s.untilAwaited()
		job := &thing{urn: urnFor(jobToken, "x"), inputs: properties(t, "metadata: {name: gone, namespace: "+s.namespace+"}")}
		obj, _ := objectOf(job.urn, job.inputs)
		place, _ := s.cluster.at(obj)
		if err := place.Delete(t.Context(), "gone", deleteNow); err != nil {
			t.Error(err)
		}
	})
	document := strings.Replace(s.job(s.pod("sleep 600"), "", ""), "metadata: {", "metadata: {name: gone, ", 1)
	s.within(time.Minute, "the wait", func() {
		_, err := s.create(jobToken, "x", document)
		if err == nil {
			t.Fatal("no error")
		}
		mustContain(t, err.Error(), "deleted in the meantime")
	})
}
