package httpapi

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caseledger/eventstore/proof/evidence/browsertest"
)

// TestTheReferenceIsReadWithAKeyboardAlone goes through the page as somebody does
// who has no mouse. Where CASELEDGER_SCREENSHOTS names a directory, what is seen is
// put there.
func TestTheReferenceIsReadWithAKeyboardAlone(t *testing.T) {
	w := newWorld(t)
	p := browsertest.Open(t, w.url+"/reference")
	const focused = `(() => {
		const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
		const visible = e.matches(":focus-visible") && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && box.left >= 0 && box.bottom > 0 && box.top < innerHeight;
		return (visible ? "" : "unseen ") + e.localName + " " + e.textContent.replace(/\s+/g, " ").trim();
	})()`
	next := func(want string) {
		t.Helper()
		p.Tab()
		if got := p.Text(focused); !strings.HasPrefix(got, want) {
			t.Fatalf("the focus is on %.100q, want %q", got, want)
		}
	}
	next("a To the operations")
	next("a OpenAPI 3.1")
	next("a AsyncAPI 3.0")
	next("a ") // a group of operations
	p.Eval(`document.activeElement.blur(), scrollTo(0, 0), document.querySelector(".skip").focus()`)
	p.Enter()
	next("summary ")
	p.Enter()
	if p.Eval(`document.activeElement.parentElement.open`) != "true" {
		t.Error("an operation is not opened")
	}
	next("summary ")
	p.Space()
	if p.Eval(`[...document.querySelectorAll("details[open]")].length`) != "2" {
		t.Error("the space bar does not open the next operation")
	}
	if got := p.Text(`document.querySelector("main details summary").textContent`); !strings.Contains(got, "/v1/") || strings.Contains(got, http.MethodTrace) {
		t.Errorf("%q", got)
	}
	for _, width := range []int{1280, 320} {
		p.Size(width, 1000)
		screenshot(p, fmt.Sprintf("reference-%d.png", width))
	}
	p.Eval(`document.querySelectorAll("details").forEach((e) => { e.open = true })`)
	for _, dark := range []bool{false, true} {
		p.Dark(dark)
		if faint := p.List(browsertest.Faint); len(faint) > 0 {
			t.Errorf("dark %v: too faint: %q", dark, faint[:min(5, len(faint))])
		}
	}
	for _, width := range []int{1280, 320} {
		p.Size(width, 1000)
		if p.Eval(browsertest.SideScrolled) != "false" {
			t.Errorf("%d pixels: it must be scrolled sideways", width)
		}
	}
}

func screenshot(p *browsertest.Page, name string) {
	if dir := os.Getenv("CASELEDGER_SCREENSHOTS"); dir != "" {
		p.Screenshot(filepath.Join(dir, name))
	}
}
