package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"caseledger/adapters/client"
)

func TestTheProgramAsksAServerInsteadOfALedger(t *testing.T) {
	dir := newLedger(t)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(tokenOf(t, dir, "manager")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveProcess(t, dir)
	remote := []string{"--server", s.url, "--token-file", token, "--purpose", "assessment"}
	act := func(body string, args ...string) (int, string, string) {
		return caseledgerWith(t, body, append(append([]string{"act"}, args...), append(remote, "--basis", "children-act-1989-s17")...)...)
	}
	register := `{"happened":"2026-01-05","person":"` + strings.Repeat("1f", 16) + `"}`
	code, text, errs := act(register, "person.register", "--request", "k1", "--output", "csv")
	if code != exitOK {
		t.Fatalf("exit %d %s", code, errs)
	}
	id := strings.Split(strings.Split(text, "\n")[1], ",")[0]
	name := `{"happened":"2026-01-05","kind":"legal","given":"Ann","family":"Example"}`
	if code, text, errs = act(name, "person.name", "--request", "k2", "--record", id, "--revision", "1"); code != exitOK || !strings.Contains(text, id) {
		t.Errorf("exit %d %s %s", code, text, errs)
	}
	if code, _, errs = act(strings.Replace(name, "Ann", "Anne", 1), "person.name", "--request", "k3", "--record", id, "--revision", "2", "--corrects", "2", "--reason", "misheard"); code != exitOK {
		t.Errorf("a correction: exit %d %s", code, errs)
	}
	if code, _, errs = act(name, "person.name", "--request", "k4", "--record", id, "--revision", "1"); code != exitFailed || !strings.Contains(errs, "412 stale-revision") {
		t.Errorf("on a revision that has passed: exit %d %s", code, errs)
	}
	if code, _, errs = act(name, "person.name", "--request", "k5", "--record", id, "--actor", "x"); code != exitUsage {
		t.Errorf("with another actor: exit %d %s", code, errs)
	}
	if got := must(t, append([]string{"record", "show", id, "--true-on", "2026-01-05"}, remote...)...); !strings.Contains(got, "Anne") {
		t.Error(got)
	}
	must(t, append([]string{"register"}, remote...)...)
	if got := must(t, append([]string{"record", "chronology", id}, remote...)...); !strings.Contains(got, "Anne") {
		t.Error(got)
	}
	refer := `{"happened":"2026-01-05","referral":"r1","source":"1A"}`
	if code, _, errs = act(refer, "referral.receive", "--request", "k6", "--record", id, "--revision", "3"); code != exitOK {
		t.Errorf("exit %d %s", code, errs)
	}
	if got := must(t, append([]string{"caseload"}, remote...)...); !strings.Contains(got, id) {
		t.Error(got)
	}
	number := `{"happened":"2026-01-05","kind":"la-child-id","value":"AT900001","source":"authority"}`
	if code, _, errs = act(number, "person.identify", "--request", "k7", "--record", id, "--revision", "4"); code != exitOK {
		t.Errorf("exit %d %s", code, errs)
	}
	allocate := `{"happened":"2026-01-05","allocation":"a1","worker":"sw-1","team":"north","role":"lead"}`
	if code, _, errs = act(allocate, "allocation.make", "--request", "k8", "--record", id, "--revision", "5"); code != exitOK {
		t.Errorf("exit %d %s", code, errs)
	}
	for asked, there := range map[string]bool{
		"duties --team north": true, "duties --team south": false, "gaps --days 1 --worker sw-1": true, "gaps --days 1 --worker sw-2": false,
		"allocations --open --record " + id: true, "allocations --team south": false,
	} {
		if got := must(t, append(append(strings.Fields(asked), "--output", "csv"), remote...)...); strings.Contains(got, id) != there {
			t.Errorf("%s: %s", asked, got)
		}
	}
	if code, _, _ := caseledger(t, append([]string{"gaps", "--days", "0"}, remote...)...); code != exitUsage {
		t.Errorf("for no day: exit %d", code)
	}
	for asked, want := range map[string]string{"AT900001": "true,false", "AT900002": "false,false"} {
		got := must(t, append([]string{"register", "enquire", "--number", asked, "--output", "json"}, remote...)...)
		known, on, _ := strings.Cut(want, ",")
		if !strings.Contains(got, `"known": `+known) || !strings.Contains(got, `"onRegister": `+on) {
			t.Error(got)
		}
	}
	if code, _, _ := caseledger(t, append([]string{"register", "enquire", "--family", "Jones"}, remote...)...); code != exitUsage {
		t.Errorf("by name: exit %d", code)
	}
	if got := must(t, append([]string{"feed", "--type", "person.named"}, remote...)...); strings.Count(got, "\n") != 2 || strings.Contains(got, "Anne") {
		t.Error(got)
	}
	if code, _, _ := caseledger(t, "feed"); code != exitUsage {
		t.Errorf("no server: exit %d", code)
	}
	if code, _, _ := caseledger(t, "register", "--server", s.url, "--token-file", token); code != exitUsage {
		t.Errorf("no purpose: exit %d", code)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}

func TestTheClientPerformsReadsAndFollows(t *testing.T) {
	dir := newLedger(t)
	token := tokenOf(t, dir, "manager")
	s := serveProcess(t, dir)
	c := &client.Client{URL: s.url, Token: token, Purpose: "assessment", Basis: "children-act-1989-s17"}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	opened, err := c.PersonRegister(ctx, client.Act{Key: "k1"}, client.PersonRegisterQuery{}, client.PersonRegister{Happened: "2026-01-05", Person: strings.Repeat("1f", 16)})
	if err != nil || opened.Repeated {
		t.Fatalf("%+v %v", opened, err)
	}
	refer := client.ReferralReceive{Happened: "2026-01-05", Referral: "r1", Source: "1A"}
	for i := range 2 {
		done, err := c.ReferralReceive(ctx, client.Act{Key: "k2", Revision: opened.Revision}, opened.Record, client.ReferralReceiveQuery{}, refer)
		if err != nil || done.Revision != 2 || done.Repeated != (i == 1) {
			t.Errorf("%+v %v", done, err)
		}
	}
	_, err = c.ReferralReceive(ctx, client.Act{Key: "k3", Revision: 2}, opened.Record, client.ReferralReceiveQuery{}, client.ReferralReceive{Happened: "2026-01-05", Source: "no such"})
	var problem *client.Problem
	if !errors.As(err, &problem) || problem.Code != "invalid" || len(problem.Faults) != 2 || strings.Contains(err.Error(), "no such") {
		t.Errorf("%v", err)
	}
	facts, err := c.RecordRead(ctx, opened.Record, client.RecordReadQuery{TrueOn: "2026-01-05"})
	if err != nil || facts.Revision != 2 || len(facts.Facts) == 0 {
		t.Errorf("%+v %v", facts, err)
	}
	heard := 0
	for n, err := range c.Follow(ctx, client.FeedFollowQuery{Type: []string{"referral.received"}}) {
		if err != nil || n.Type != "caseledger.referral.received" || n.Revision != 2 {
			t.Errorf("%+v %v", n, err)
		}
		heard++
		break
	}
	if heard != 1 {
		t.Errorf("%d notices", heard)
	}
	c.Token = "x"
	if _, err := c.FeedRead(ctx, client.FeedReadQuery{}); !errors.As(err, &problem) || problem.Status != 401 {
		t.Errorf("%v", err)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}
