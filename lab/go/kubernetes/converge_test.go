package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	objectPath = " /api/v1/namespaces/a/configmaps/x"
	objectNow  = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: a, uid: u}, data: {k: live}}"
	conflict   = "{kind: Status, apiVersion: v1, status: Failure, reason: Conflict, code: 409, message: somebody has it}"
)

// updated asks the plugin for an update of a ConfigMap on an API server with these answers.
func updated(t *testing.T, answers map[string]string, apiVersion string, preview bool) error {
	t.Helper()
	s, _ := serverOn(t, answers)
	object := "{apiVersion: " + apiVersion + ", kind: ConfigMap, metadata: {name: x, namespace: a}, data: {k: "
	_, err := s.Update(context.Background(), &pulumirpc.UpdateRequest{
		Id: "a/x", Urn: urnFor(configMapToken, "x"), Olds: wire(t, properties(t, object+"old}}")),
		News: wire(t, properties(t, object+"new}}")), Preview: preview,
	})
	if err == nil {
		t.Fatal("it was updated")
	}
	return err
}

func TestTheStateHasTheNewInputsOfARefusedUpdate(t *testing.T) {
	err := updated(t, map[string]string{"GET" + objectPath: objectNow, "PATCH" + objectPath: conflict}, "v1", false)
	failed := initFailed(err)
	if failed == nil {
		t.Fatalf("the error is %v", err)
	}
	inputs, problem := decode(failed.GetInputs())
	if problem != nil {
		t.Fatal(problem)
	}
	outputs, problem := decode(failed.GetProperties())
	if problem != nil {
		t.Fatal(problem)
	}
	if text(inputs, "data", "k") != "new" || text(outputs, inputsKey, "data", "k") != "new" {
		t.Errorf("the state has the inputs %v and %v", inputs, outputs[inputsKey])
	}
	if failed.GetId() != "a/x" || text(outputs, "data", "k") != "live" {
		t.Errorf("the state has %q with %v", failed.GetId(), outputs)
	}
	reasons := strings.Join(failed.GetReasons(), "\n")
	mustContain(t, reasons, "update ConfigMap a/x", "somebody has it", patchForce)
	mustContain(t, err.Error(), reasons)
}

func TestTheStateStaysAsItIsWhereARefusalSaysNothingOfTheObject(t *testing.T) {
	refused := map[string]string{"GET" + objectPath: objectNow, "PATCH" + objectPath: conflict}
	for name, err := range map[string]error{
		"a preview":           updated(t, refused, "v1", true),
		"an object gone":      updated(t, nil, "v1", false),
		"a kind that is gone": updated(t, refused, "absent.example/v1", false),
	} {
		if failed := initFailed(err); failed != nil {
			t.Errorf("%s: the state gets %v", name, failed)
		}
	}
}

func TestTheTimeLimitBeginsWhenTheChangeIsMade(t *testing.T) {
	s, c := serverOn(t, nil)
	made := errors.New("made")
	_, _, err := s.converge(context.Background(), change{
		verb: "create", urn: urnFor(configMapToken, "x"), inputs: wire(t, resource.PropertyMap{}), timeout: 1,
		act: func(ctx context.Context, on *cluster, _ *unstructured.Unstructured) (*unstructured.Unstructured, error) {
			if _, limited := ctx.Deadline(); limited || on != c {
				t.Error("the request has the limit of the wait")
			}
			return nil, made
		},
	})
	if !errors.Is(err, made) {
		t.Errorf("the error is %v", err)
	}
}

func TestTheTimeLimitIsTheOptionsOrTheAnnotationsOrTenMinutes(t *testing.T) {
	cases := []struct {
		option     float64
		annotation string
		want       time.Duration
	}{
		{0, "", 10 * time.Minute},
		{0, "90", 90 * time.Second},
		{0, "5m", 10 * time.Minute},
		{0, "1.5", 10 * time.Minute},
		{30, "90", 30 * time.Second},
	}
	for _, c := range cases {
		inputs := properties(t, `metadata: {annotations: {pulumi.com/timeoutSeconds: "`+c.annotation+`"}}`)
		if got := timeLimit(c.option, inputs); got != c.want {
			t.Errorf("with %v and %q, the limit is %s, want %s", c.option, c.annotation, got, c.want)
		}
	}
}

func TestACreationIsTriedUntilWhatItNeedsMayHaveCome(t *testing.T) {
	tries, after := 1, time.Duration(0)
	for left := untilItMayCome; left.Steps > 1; tries++ {
		after += left.Step()
	}
	if tries != 6 || after != 31*time.Second {
		t.Errorf("it is tried %d times within %s", tries, after)
	}
}

func TestOnlyAPreviewGivesUpSoonOnTheCluster(t *testing.T) {
	host := &recorder{}
	s := newServer(context.Background(), host)
	s.connect = func() (*cluster, error) { return nil, errors.New("asked at length") }
	s.glance = func() (*cluster, error) { return nil, errors.New("asked in passing") }
	request := &pulumirpc.CreateRequest{
		Urn: urnFor(configMapToken, "x"), Properties: wire(t, properties(t, "metadata: {name: x}")), Preview: true,
	}
	if _, err := s.Create(context.Background(), request); err != nil {
		t.Errorf("the preview fails: %v", err)
	}
	mustContain(t, strings.Join(host.logged, "\n"), "asked in passing")
	request.Preview = false
	if _, err := s.Create(context.Background(), request); err == nil || err.Error() != "asked at length" {
		t.Errorf("the creation says %v", err)
	}
}
