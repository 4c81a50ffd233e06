package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"github.com/florianl/go-nfqueue/v2"
	"k8s.io/klog/v2"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

const (
	maxPacketLength = 128 // the headers are all that a verdict needs
	maxQueueLength  = 4096
)

// judgePackets answers for every packet of the queue until ctx ends. A packet that cannot be judged is dropped.
func judgePackets(ctx context.Context, engine *networkpolicy.PolicyEngine, number uint16) error {
	queue, err := nfqueue.Open(&nfqueue.Config{
		NfQueue:      number,
		MaxPacketLen: maxPacketLength,
		MaxQueueLen:  maxQueueLength,
		Copymode:     nfqueue.NfQnlCopyPacket,
		WriteTimeout: 100 * time.Millisecond,
	})
	if err != nil {
		return fmt.Errorf("open netfilter queue %d: %w", number, err)
	}
	context.AfterFunc(ctx, func() { _ = queue.Close() })

	judge := func(packet nfqueue.Attribute) int {
		verdict := nfqueue.NfDrop
		if allowed(ctx, engine, packet) {
			verdict = nfqueue.NfAccept
		}
		if err := queue.SetVerdict(*packet.PacketID, verdict); err != nil {
			klog.ErrorS(err, "verdict refused by the kernel", "packet", *packet.PacketID)
		}
		return 0
	}
	ignore := func(err error) int {
		if ctx.Err() == nil {
			klog.V(2).ErrorS(err, "no packet read")
		}
		return 0
	}
	return queue.RegisterWithErrorFunc(ctx, judge, ignore)
}

func allowed(ctx context.Context, engine *networkpolicy.PolicyEngine, attribute nfqueue.Attribute) bool {
	packet, err := network.ParsePacket(*attribute.Payload)
	if err != nil {
		klog.ErrorS(err, "packet not understood", "packet", *attribute.PacketID)
		return false
	}
	packet.ID = *attribute.PacketID
	accepted, err := engine.EvaluatePacket(ctx, &packet)
	if err != nil {
		klog.ErrorS(err, "packet not judged", "packet", packet.String())
		return false
	}
	if !accepted {
		klog.InfoS("denied", "packet", packet.String())
	}
	return accepted
}

// divertPackets sends the first packet of every forwarded connection to the queue: replies and packets of established
// connections pass by conntrack's word. Without a listener the kernel drops them: a policy must not end with its agent.
func divertPackets(queue uint16) (remove func(), err error) {
	rule := []string{
		"FORWARD", "--match", "conntrack", "--ctstate", "NEW",
		"--jump", "NFQUEUE", "--queue-num", strconv.Itoa(int(queue)),
	}
	if err := iptables(append([]string{"--check"}, rule...)); err != nil {
		if err := iptables(append([]string{"--append"}, rule...)); err != nil {
			return nil, err
		}
	}
	return func() {
		if err := iptables(append([]string{"--delete"}, rule...)); err != nil {
			klog.ErrorS(err, "rule stays behind")
		}
	}, nil
}

func iptables(arguments []string) error {
	output, err := exec.Command("iptables", append([]string{"--wait"}, arguments...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("iptables %v: %w: %s", arguments, err, output)
	}
	return nil
}
