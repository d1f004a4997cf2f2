package main

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnEMailIsRecordedOnceWithItsWordsAndHashes(t *testing.T) {
	dir := smallDemo(t)
	people := rows(t, "record", "list", "--data", dir, "--limit", "2")
	child, other := people[0]["record"].(string), people[1]["record"].(string)
	file := "From: school@school.example\r\nTo: duty@anytown.example\r\nSubject: Monday\r\nDate: Thu, 01 Oct 2026 09:00:00 +0000\r\n" +
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nShe was in.\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nzqxcanary\r\n--x--\r\n"
	mail := func(text string, more ...string) (int, string, string) {
		path := writeFile(t, filepath.Join(t.TempDir(), "letter.eml"), text)
		return caseledger(t, append([]string{"record", "mail", path, child, "--data", dir, "--actor", "sw-001", "--role", "social-worker",
			"--agency", "anytown", "--basis", "children-act-1989-s17", "--purpose", "assessment", "--output", "json"}, more...)...)
	}
	code, first, errs := mail(file, "--also", other)
	if code != exitOK || strings.Count(first, `"revision"`) != 2 {
		t.Fatalf("exit %d, %s%s", code, first, errs)
	}
	if code, again, _ := mail(file, "--also", other); code != exitOK || again != first {
		t.Errorf("again: exit %d, %s", code, again)
	}
	if code, _, errs := mail(file, "--request", "another"); code == exitOK || !strings.Contains(errs, "correspondence-already-recorded") {
		t.Errorf("the same file: exit %d, %s", code, errs)
	}
	sum := sha256.Sum256([]byte("zqxcanary"))
	for _, id := range []string{child, other} {
		entries := must(t, "record", "entries", id, "--data", dir, "--output", "json")
		if !strings.Contains(entries, "She was in.") || strings.Contains(entries, "zqxcanary") {
			t.Errorf("the entry says another thing: %d bytes", len(entries))
		}
		if facts := must(t, "record", "show", id, "--data", dir, "--output", "json"); !strings.Contains(facts, hex.EncodeToString(sum[:])) {
			t.Error("the attachment's hash is not on the record")
		}
	}
	for name, tt := range map[string]struct {
		text string
		code int
		says string
	}{
		"no e-mail": {"zqxcanary", exitFailed, "not an e-mail"},
		"no date":   {"From: a@b.example\n\nzqxcanary", exitUsage, "--happened"},
	} {
		code, _, errs := mail(tt.text)
		if code != tt.code || !strings.Contains(errs, tt.says) || strings.Contains(errs, "zqxcanary") {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
	code, _, errs = mail("From: a@b.example\n\nzqxcanary", "--happened", "2026-10-01")
	if code != exitOK || !strings.Contains(errs, "the date cannot be read") {
		t.Errorf("a day given: exit %d, %s", code, errs)
	}
}
