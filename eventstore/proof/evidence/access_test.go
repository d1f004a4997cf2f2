package evidence

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-json-experiment/json"
)

// Keys of the keyboard, with the codes that Windows gave them.
func (b *browser) tab()   { b.key("Tab", "", 9) }
func (b *browser) space() { b.key(" ", " ", 32) }
func (b *browser) enter() { b.key("Enter", "\r", 13) }

// list is eval of a script that resolves to an array of strings.
func (b *browser) list(script string) (l []string) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.eval(script)), &l); err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return l
}

func TestThePageIsUsedWithAKeyboardAlone(t *testing.T) {
	w := testWorld()
	p := pageRig{openBrowser(t, "verifier.html"), t.TempDir()}
	const focused = `(() => {
		const e = document.activeElement, s = getComputedStyle(e), visible = e.matches(":focus-visible") && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
		return [e.id || e.textContent, visible ? "" : "invisible"].join(" ").trim();
	})()`
	var order []string
	for range 9 {
		p.tab()
		order = append(order, p.text(focused))
	}
	want := []string{"file", "keys-file", "Paste or read the keys", "known-file", "Paste or read the checkpoint", "policy-file", "Paste or read the policy", "open", "check"}
	if !slices.Equal(order, want) {
		t.Fatalf("%q", order)
	}
	call[fields](p.browser, "Page.setInterceptFileChooserDialog", fields{"enabled": true})
	for id, data := range map[string][]byte{"file": pack(w.files), "keys-file": w.trust.Keys.Text()} {
		p.events = nil
		p.eval(fmt.Sprintf(`document.getElementById(%q).focus()`, id))
		p.space()
		p.eval(`new Promise((done) => setTimeout(done, 0))`)
		if !slices.ContainsFunc(p.events, func(m message) bool { return m.Method == "Page.fileChooserOpened" }) {
			t.Errorf("%s: the space bar opens no choice of files", id)
		}
		p.choose(id, p.write(id+".zip", data))
	}
	p.eval(`document.querySelector("summary").focus()`)
	p.enter()
	if p.eval(`document.querySelector("details").open`) != "true" {
		t.Error("the keys cannot be read with the keyboard")
	}
	p.eval(`new Promise((done) => (function wait() { document.getElementById("keys").value ? done(1) : setTimeout(wait, 1) })())`)
	p.eval(`document.getElementById("open").focus()`)
	p.space()
	p.tab()
	p.enter()
	p.eval(finished)
	if got := p.text(`document.getElementById("verdict").textContent`); got != string(Erased) || p.eval(`document.getElementById("open").checked`) != "true" {
		t.Error(got)
	}
	if got := p.text(focused); got != "check" {
		t.Errorf("after the check the focus is at %q", got)
	}
}

func TestThePageTellsAScreenReaderWhatItShows(t *testing.T) {
	w := testWorld()
	p := newPageRig(t, w)
	const announced = `[...document.querySelectorAll("[role=status][aria-live=polite]")].map((e) => e.textContent)`
	if got := p.list(announced); !slices.Equal(got, []string{""}) {
		t.Errorf("before a check: %q", got)
	}
	p.eval(`globalThis.said = []; new MutationObserver(() => said.push(document.getElementById("status").textContent)).observe(document.getElementById("status"), { childList: true })`)
	p.check(pack(w.files))
	if got := p.list(`said`); len(got) != 2 || got[0] != "Checking the package." || !strings.HasPrefix(got[1], "Everything in this package is what the ledger holds") {
		t.Errorf("announced: %q", got)
	}
	if got := p.list(`[...document.querySelectorAll("h1,h2,h3")].map((e) => e.localName + " " + e.textContent)`); !slices.Equal(got,
		[]string{"h1 Check an evidence package", "h2 What was checked", "h2 The entries", "h2 What this page did not check"}) {
		t.Errorf("headings: %q", got)
	}
	if got := p.text(`document.querySelector("table > caption").textContent`); got != "4 entries: 2 VALID, 1 REDACTED, 1 ERASED" {
		t.Error(got)
	}
	for what, script := range map[string]string{
		"inputs without label":        `[...document.querySelectorAll("input, textarea, button")].filter((e) => !e.ariaLabel && !e.textContent && !(e.labels && e.labels.length)).map((e) => e.id)`,
		"hints that are not there":    `[...document.querySelectorAll("[aria-describedby]")].map((e) => e.getAttribute("aria-describedby")).filter((id) => !document.getElementById(id))`,
		"heads of a table, no scope":  `[...document.querySelectorAll("th")].filter((e) => e.scope !== "col" && e.scope !== "row").map((e) => e.textContent)`,
		"rows without head":           `[...document.querySelectorAll("tbody tr")].filter((e) => e.cells[0].localName !== "th").map((e) => e.textContent)`,
		"a page of no language, name": `document.documentElement.lang === "en" && document.title ? [] : ["page"]`,
	} {
		if got := p.list(script); len(got) > 0 {
			t.Errorf("%s: %q", what, got)
		}
	}
	p.size(320, 800) // where the rows of the table are laid out one below the other
	if got := roles(p.browser); got["table"] != 1 || got["rowheader"] != 4 || got["cell"] != 8 {
		t.Errorf("on a narrow screen: %v", got)
	}
}

// roles counts what assistive technology is told that there is.
func roles(b *browser) map[string]int {
	type node struct {
		Role struct {
			Value string `json:"value"`
		} `json:"role"`
	}
	tree := call[struct {
		Nodes []node `json:"nodes"`
	}](b, "Accessibility.getFullAXTree", nil)
	count := map[string]int{}
	for _, n := range tree.Nodes {
		count[n.Role.Value]++
	}
	return count
}

// faint lists texts whose contrast is below WCAG 2.2 AA: 4.5 to 1, for large
// ones 3 to 1.
const faint = `(() => {
	const rgb = (s) => s.match(/[\d.]+/g).map(Number);
	const light = (c) => c.slice(0, 3).map((x) => x / 255).map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4).reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c; } return [255, 255, 255]; };
	const out = [];
	for (const e of document.querySelectorAll("body *")) {
		if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.localName === "script") continue;
		const s = getComputedStyle(e), [a, b] = [light(rgb(s.color)), light(behind(e))].sort((a, b) => b - a), size = parseFloat(s.fontSize);
		if ((a + 0.05) / (b + 0.05) < (size >= 24 || size >= 18.66 && s.fontWeight >= 700 ? 3 : 4.5)) out.push(e.textContent);
	}
	return out;
})()`

func TestThePageCanBeReadInLightAndDarkOnWideAndNarrowScreens(t *testing.T) {
	w := testWorld()
	p := newPageRig(t, w)
	bad := attacks[slices.IndexFunc(attacks, func(a attack) bool { return a.name == "an entry of another record in the place of one" })]
	for name, files := range map[string]map[string][]byte{"good": w.other, "redacted and erased": w.files, "bad": bad.spoil(w)} {
		p.check(pack(files))
		for _, scheme := range []string{"light", "dark"} {
			call[fields](p.browser, "Emulation.setEmulatedMedia", fields{"features": []fields{{"name": "prefers-color-scheme", "value": scheme}}})
			if got := p.list(faint); len(got) > 0 {
				t.Errorf("%s, %s: too faint: %q", name, scheme, got)
			}
		}
		for _, width := range []int{1280, 320} {
			p.size(width, 900)
			if p.eval(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`) != "true" {
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
	for _, m := range p.events {
		if m.Method == "Network.requestWillBeSent" {
			addresses = append(addresses, string(m.Params))
		}
	}
	if len(addresses) != 1 || !strings.Contains(addresses[0], `"url":"file:///`) {
		t.Errorf("%d requests: %q", len(addresses), addresses)
	}
	// And it could not, if a package made it try.
	refused := p.eval(fmt.Sprintf(`(async (url) => {
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
