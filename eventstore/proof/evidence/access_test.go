package evidence

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"caseledger/eventstore/proof/evidence/browsertest"
)

func TestThePageIsUsedWithAKeyboardAlone(t *testing.T) {
	w := testWorld()
	p := pageRig{browsertest.Open(t, "verifier.html"), t.TempDir()}
	const focused = `(() => {
		const e = document.activeElement, s = getComputedStyle(e), visible = e.matches(":focus-visible") && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
		return [e.id || e.textContent, visible ? "" : "invisible"].join(" ").trim();
	})()`
	var order []string
	for range 9 {
		p.Tab()
		order = append(order, p.Text(focused))
	}
	want := []string{"file", "keys-file", "Paste or read the keys", "known-file", "Paste or read the checkpoint", "policy-file", "Paste or read the policy", "open", "check"}
	if !slices.Equal(order, want) {
		t.Fatalf("%q", order)
	}
	browsertest.Call[browsertest.Fields](p.Page, "Page.setInterceptFileChooserDialog", browsertest.Fields{"enabled": true})
	for id, data := range map[string][]byte{"file": pack(w.files), "keys-file": w.trust.Keys.Text()} {
		p.Events = nil
		p.Eval(fmt.Sprintf(`document.getElementById(%q).focus()`, id))
		p.Space()
		p.Eval(`new Promise((done) => setTimeout(done, 0))`)
		if !slices.ContainsFunc(p.Events, func(m browsertest.Message) bool { return m.Method == "Page.fileChooserOpened" }) {
			t.Errorf("%s: the space bar opens no choice of files", id)
		}
		p.Choose(id, p.write(id+".zip", data))
	}
	p.Eval(`document.querySelector("summary").focus()`)
	p.Enter()
	if p.Eval(`document.querySelector("details").open`) != "true" {
		t.Error("the keys cannot be read with the keyboard")
	}
	p.Eval(`new Promise((done) => (function wait() { document.getElementById("keys").value ? done(1) : setTimeout(wait, 1) })())`)
	p.Eval(`document.getElementById("open").focus()`)
	p.Space()
	p.Tab()
	p.Enter()
	p.Eval(finished)
	if got := p.Text(`document.getElementById("verdict").textContent`); got != string(Erased) || p.Eval(`document.getElementById("open").checked`) != "true" {
		t.Error(got)
	}
	if got := p.Text(focused); got != "check" {
		t.Errorf("after the check the focus is at %q", got)
	}
}

func TestThePageTellsAScreenReaderWhatItShows(t *testing.T) {
	w := testWorld()
	p := newPageRig(t, w)
	const announced = `[...document.querySelectorAll("[role=status][aria-live=polite]")].map((e) => e.textContent)`
	if got := p.List(announced); !slices.Equal(got, []string{""}) {
		t.Errorf("before a check: %q", got)
	}
	p.Eval(`globalThis.said = []; new MutationObserver(() => said.push(document.getElementById("status").textContent)).observe(document.getElementById("status"), { childList: true })`)
	p.check(pack(w.files))
	if got := p.List(`said`); len(got) != 2 || got[0] != "Checking the package." || !strings.HasPrefix(got[1], "Everything in this package is what the ledger holds") {
		t.Errorf("announced: %q", got)
	}
	if got := p.List(`[...document.querySelectorAll("h1,h2,h3")].map((e) => e.localName + " " + e.textContent)`); !slices.Equal(got,
		[]string{"h1 Check an evidence package", "h2 What was checked", "h2 The entries", "h2 What this page did not check"}) {
		t.Errorf("headings: %q", got)
	}
	if got := p.Text(`document.querySelector("table > caption").textContent`); got != "4 entries: 2 VALID, 1 REDACTED, 1 ERASED" {
		t.Error(got)
	}
	for what, script := range map[string]string{
		"inputs without label":        `[...document.querySelectorAll("input, textarea, button")].filter((e) => !e.ariaLabel && !e.textContent && !(e.labels && e.labels.length)).map((e) => e.id)`,
		"hints that are not there":    `[...document.querySelectorAll("[aria-describedby]")].map((e) => e.getAttribute("aria-describedby")).filter((id) => !document.getElementById(id))`,
		"heads of a table, no scope":  `[...document.querySelectorAll("th")].filter((e) => e.scope !== "col" && e.scope !== "row").map((e) => e.textContent)`,
		"rows without head":           `[...document.querySelectorAll("tbody tr")].filter((e) => e.cells[0].localName !== "th").map((e) => e.textContent)`,
		"a page of no language, name": `document.documentElement.lang === "en" && document.title ? [] : ["page"]`,
	} {
		if got := p.List(script); len(got) > 0 {
			t.Errorf("%s: %q", what, got)
		}
	}
	p.Size(320, 800) // where the rows of the table are laid out one below the other
	if got := roles(p.Page); got["table"] != 1 || got["rowheader"] != 4 || got["cell"] != 8 {
		t.Errorf("on a narrow screen: %v", got)
	}
}

// roles counts what assistive technology is told that there is.
func roles(b *browsertest.Page) map[string]int {
	type node struct {
		Role struct {
			Value string `json:"value"`
		} `json:"role"`
	}
	tree := browsertest.Call[struct {
		Nodes []node `json:"nodes"`
	}](b, "Accessibility.getFullAXTree", nil)
	count := map[string]int{}
	for _, n := range tree.Nodes {
		count[n.Role.Value]++
	}
	return count
}

func TestThePageCanBeReadInLightAndDarkOnWideAndNarrowScreens(t *testing.T) {
	w := testWorld()
	p := newPageRig(t, w)
	bad := attacks[slices.IndexFunc(attacks, func(a attack) bool { return a.name == "an entry of another record in the place of one" })]
	for name, files := range map[string]map[string][]byte{"good": w.other, "redacted and erased": w.files, "bad": bad.spoil(w)} {
		p.check(pack(files))
		for _, scheme := range []string{"light", "dark"} {
			p.Dark(scheme == "dark")
			if got := p.List(browsertest.Faint); len(got) > 0 {
				t.Errorf("%s, %s: too faint: %q", name, scheme, got)
			}
		}
		for _, width := range []int{1280, 320} {
			p.Size(width, 900)
			if p.Eval(browsertest.SideScrolled) != "false" {
				t.Errorf("%s, %d pixels: it must be scrolled sideways", name, width)
			}
		}
	}
}

func TestThePageAsksNoNetwork(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1) }))
	defer server.Close()
	w := testWorld()
	p := newPageRig(t, w)
	p.check(pack(w.files))
	var addresses []string
	for _, m := range p.Events {
		if m.Method == "Network.requestWillBeSent" {
			addresses = append(addresses, string(m.Params))
		}
	}
	if len(addresses) != 1 || !strings.Contains(addresses[0], `"url":"file:///`) {
		t.Errorf("%d requests: %q", len(addresses), addresses)
	}
	// And it could not, if a package made it try.
	refused := p.Eval(fmt.Sprintf(`(async (url) => {
		const no = [];
		document.addEventListener("securitypolicyviolation", (e) => no.push(e.effectiveDirective));
		await fetch(url).catch(() => {});
		await new Promise((done) => { const i = new Image(); i.onload = i.onerror = done; i.src = url; });
		await new Promise((done) => { const s = document.createElement("script"); s.onload = s.onerror = done; s.src = url; document.body.append(s); });
		navigator.sendBeacon(url);
		const f = document.createElement("form"); f.action = url; document.body.append(f); f.submit();
		for (let i = 0; i < 1000 && no.length < 5; i++) await new Promise((done) => setTimeout(done, 5));
		return no.sort().join(" ");
	})(%q)`, server.URL))
	if refused != `"connect-src connect-src form-action img-src script-src-elem"` || asked.Load() != 0 {
		t.Errorf("refused: %s; %d requests were made", refused, asked.Load())
	}
}
