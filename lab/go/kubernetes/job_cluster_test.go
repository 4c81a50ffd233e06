//go:build cluster

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const jobToken = "kubernetes:batch/v1:Job"

func (s *stand) job(podSpec, annotations, more string) string {
	return fmt.Sprintf(`
metadata: {annotations: {%s}}
spec: {backoffLimit: 0, %s template: {spec: %s}}
`, annotations, more, podSpec)
}

func TestAJobIsReadyWhenItHasCompleted(t *testing.T) {
	s := newStand(t)
	s.within(time.Minute, "the Job", func() {
		made := s.mustCreate(jobToken, "x", s.job(s.pod("true"), "", ""))
		if !hasCondition(s.live(made), "Complete") {
			t.Error("it has not completed")
		}
	})
}

func TestAJobThatFailsQuotesItsPodsLastWords(t *testing.T) {
	s := newStand(t)
	words := strings.Repeat("0123456789abcdef", 255) // 4080 of the 4096 bytes that Kubernetes keeps
	command := fmt.Sprintf("printf %s > /dev/termination-log; exit 60", words)
	s.within(time.Minute, "the Job", func() {
		made, err := s.create(jobToken, "x", s.job(s.pod(command), "", ""))
		failed := initFailed(err)
		if failed == nil {
			t.Fatalf("the error is %v", err)
		}
		mustContain(t, err.Error(), words, "exit code 60", "BackoffLimitExceeded")
		mustContain(t, strings.Join(failed.GetReasons(), "\n"), words)
		if made.id == "" {
			t.Error("it has no ID")
		}
	})
}

func TestTheLastWordsOfSeveralPodsComeInOrder(t *testing.T) {
	s := newStand(t)
	command := `printf "ended at $(date +%s)." > /dev/termination-log; exit 1`
	document := strings.Replace(s.job(s.pod(command), "", ""), "backoffLimit: 0", "backoffLimit: 1", 1)
	_, err := s.create(jobToken, "x", document)
	if initFailed(err) == nil {
		t.Fatalf("the error is %v", err)
	}
	parts := strings.Split(err.Error(), "ended at ")
	if len(parts) != 3 || parts[1][:10] > parts[2][:10] {
		t.Errorf("the error is %v", err)
	}
}

func TestAJobPastItsDeadlineFailsAtOnce(t *testing.T) {
	s := newStand(t)
	s.within(time.Minute, "the Job", func() {
		_, err := s.create(jobToken, "x", s.job(s.pod("sleep 600"), "", "activeDeadlineSeconds: 2,"))
		if initFailed(err) == nil {
			t.Fatalf("the error is %v", err)
		}
		mustContain(t, err.Error(), "DeadlineExceeded")
	})
}

func TestAJobWithoutItsImageFailsEarly(t *testing.T) {
	s := newStand(t)
	s.within(2*time.Minute, "the Job", func() {
		pod := `{restartPolicy: Never, containers: [{name: c, image: "localhost/absent:1"}]}`
		_, err := s.create(jobToken, "x", s.job(pod, "", ""))
		if initFailed(err) == nil {
			t.Fatalf("the error is %v", err)
		}
		mustContain(t, err.Error(), "its image cannot be pulled", "localhost/absent:1")
	})
}

func TestAnUnreadyJobIsReplacedIfToldSo(t *testing.T) {
	s := newStand(t)
	document := s.job(s.pod("exit 1"), `pulumi.com/replaceUnready: "true"`, "")
	failed, err := s.create(jobToken, "failed", document)
	if initFailed(err) == nil {
		t.Fatalf("the error is %v", err)
	}
	answer := s.diff(failed, document)
	changed := answer.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME
	if !changed || len(answer.GetReplaces()) != 1 || answer.GetDeleteBeforeReplace() {
		t.Errorf("the failed Job: %v", answer)
	}
	document = s.job(s.pod("true"), `pulumi.com/replaceUnready: "true"`, "")
	complete := s.mustCreate(jobToken, "complete", document)
	if answer := s.diff(complete, document); len(answer.GetReplaces()) != 0 {
		t.Errorf("the complete Job: %v", answer)
	}
}
