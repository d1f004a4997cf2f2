// Package browsertest opens pages in a Chromium without a window, for tests that
// use them as people do: with the keyboard, on wide and narrow screens, in light and
// dark. It is driven through a pipe, and needs no port. No program imports it.
package browsertest

import (
	"bufio"
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Page is one page of a browser of its own. It is driven through a pipe (DevTools
// protocol: JSON messages, each ended by a zero byte), one call at a time, by one
// goroutine.
type Page struct {
	T      testing.TB
	Events []Message // that came between the answers

	in, out *os.File
	answers *bufio.Reader
	session string
	calls   int
}

// Message is an answer or an event of the browser.
type Message struct {
	ID        int            `json:"id,omitzero"`
	SessionID string         `json:"sessionId,omitzero"`
	Method    string         `json:"method,omitzero"`
	Params    jsontext.Value `json:"params,omitzero"`
	Result    jsontext.Value `json:"result,omitzero"`
	Error     jsontext.Value `json:"error,omitzero"`
}

// Fields are the parameters of a call.
type Fields map[string]any

const (
	callTimeout = 2 * time.Minute
	exitTimeout = 10 * time.Second
)

var browserNames = []string{"chromium", "chromium-browser", "google-chrome"}

// Open opens an address, or a file, in a browser of its own, or skips the test when
// there is none.
func Open(t testing.TB, address string) *Page {
	t.Helper()
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			b := startBrowser(t, path)
			b.open(address)
			return b
		}
	}
	t.Skip("there is no Chromium to open the page with")
	return nil
}

func startBrowser(t testing.TB, path string) *Page {
	t.Helper()
	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	b := &Page{T: t}
	var commands, answers *os.File
	commands, b.in = pipe(t)
	b.out, answers = pipe(t)
	b.answers = bufio.NewReader(b.out)
	cmd.ExtraFiles = []*os.File{commands, answers} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	commands.Close()
	answers.Close()
	t.Cleanup(func() {
		b.in.Close() // Chromium ends when nobody commands it
		late := time.AfterFunc(exitTimeout, func() { cmd.Process.Kill() })
		cmd.Wait()
		late.Stop()
		b.out.Close()
		os.RemoveAll(profile)
	})
	return b
}

func pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

func (b *Page) open(address string) {
	b.T.Helper()
	target := Call[struct {
		TargetID string `json:"targetId"`
	}](b, "Target.createTarget", Fields{"url": "about:blank"})
	b.session = Call[struct {
		SessionID string `json:"sessionId"`
	}](b, "Target.attachToTarget", Fields{"targetId": target.TargetID, "flatten": true}).SessionID
	for _, domain := range []string{"Page", "Network", "Runtime"} {
		Call[Fields](b, domain+".enable", nil)
	}
	b.Size(1280, 1000)
	if !strings.Contains(address, "://") {
		file := url.URL{Scheme: "file", Path: absolute(b.T, address)}
		address = file.String()
	}
	Call[Fields](b, "Page.navigate", Fields{"url": address})
	b.Eval(`new Promise((done) => document.readyState === "complete" ? done(true) : addEventListener("load", () => done(true)))`)
}

// Size sets the size of the window in CSS pixels.
func (b *Page) Size(width, height int) {
	Call[Fields](b, "Emulation.setDeviceMetricsOverride", Fields{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
}

// Call waits for the answer, and keeps the events that come before it.
func Call[T any](b *Page, method string, params Fields) (result T) {
	b.T.Helper()
	b.calls++
	send, err := json.Marshal(struct {
		ID        int    `json:"id"`
		SessionID string `json:"sessionId,omitzero"`
		Method    string `json:"method"`
		Params    Fields `json:"params,omitzero"`
	}{b.calls, b.session, method, params})
	if err != nil {
		b.T.Fatal(err)
	}
	if _, err := b.in.Write(append(send, 0)); err != nil {
		b.T.Fatal(err)
	}
	if err := b.out.SetReadDeadline(time.Now().Add(callTimeout)); err != nil {
		b.T.Fatal(err)
	}
	for {
		text, err := b.answers.ReadBytes(0)
		if err != nil {
			b.T.Fatalf("%s: %v", method, err)
		}
		var m Message
		if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
			b.T.Fatal(err)
		}
		switch {
		case m.ID == 0:
			b.Events = append(b.Events, m)
		case m.ID == b.calls && m.Error == nil:
			if err := json.Unmarshal(m.Result, &result); err != nil {
				b.T.Fatal(err)
			}
			return result
		default:
			b.T.Fatalf("%s: %s", method, m.Error)
		}
	}
}

type remote struct {
	Result struct {
		Value    jsontext.Value `json:"value"`
		ObjectID string         `json:"objectId"`
	} `json:"result"`
	Exception jsontext.Value `json:"exceptionDetails"`
}

func (b *Page) run(script string, byValue bool) remote {
	b.T.Helper()
	r := Call[remote](b, "Runtime.evaluate", Fields{"expression": script, "awaitPromise": true, "returnByValue": byValue})
	if r.Exception != nil {
		b.T.Fatalf("%s: %s", script, r.Exception)
	}
	return r
}

// Eval runs a script in the page and returns what it resolves to, as JSON.
func (b *Page) Eval(script string) string {
	b.T.Helper()
	return string(b.run(script, true).Result.Value)
}

// Text is Eval of a script that resolves to a string.
func (b *Page) Text(script string) (s string) {
	b.T.Helper()
	if err := json.Unmarshal([]byte(b.Eval(script)), &s); err != nil {
		b.T.Fatalf("%s: %v", script, err)
	}
	return s
}

// Choose puts a file into a file input of the page, as a person would.
func (b *Page) Choose(id, file string) {
	b.T.Helper()
	object := b.run(fmt.Sprintf("document.getElementById(%q)", id), false).Result.ObjectID
	Call[Fields](b, "DOM.setFileInputFiles", Fields{"files": []string{absolute(b.T, file)}, "objectId": object})
}

// Key presses a key.
func (b *Page) Key(name, text string, code int) {
	b.T.Helper()
	press := Fields{"type": "keyDown", "key": name, "code": name, "text": text, "windowsVirtualKeyCode": code}
	Call[Fields](b, "Input.dispatchKeyEvent", press)
	press["type"] = "keyUp"
	delete(press, "text")
	Call[Fields](b, "Input.dispatchKeyEvent", press)
}

// Tab, Space and Enter press these keys.
func (b *Page) Tab()   { b.Key("Tab", "", 9) }
func (b *Page) Space() { b.Key(" ", " ", 32) }
func (b *Page) Enter() { b.Key("Enter", "\r", 13) }

// List is Eval of a script that resolves to an array of strings.
func (b *Page) List(script string) (l []string) {
	b.T.Helper()
	if err := json.Unmarshal([]byte(b.Eval(script)), &l); err != nil {
		b.T.Fatalf("%s: %v", script, err)
	}
	return l
}

// Dark asks the page for dark colours, or for light ones.
func (b *Page) Dark(dark bool) {
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	Call[Fields](b, "Emulation.setEmulatedMedia", Fields{"features": []Fields{{"name": "prefers-color-scheme", "value": scheme}}})
}

// Screenshot writes what is seen of the page to a PNG.
func (b *Page) Screenshot(file string) {
	b.T.Helper()
	seen := Call[struct {
		Data []byte `json:"data"`
	}](b, "Page.captureScreenshot", nil)
	if err := os.WriteFile(file, seen.Data, 0o600); err != nil {
		b.T.Fatal(err)
	}
}

// SideScrolled is a script that resolves to whether the page is wider than the
// screen.
const SideScrolled = `document.documentElement.scrollWidth > document.documentElement.clientWidth`

// Faint is a script that lists texts whose contrast is below WCAG 2.2 AA: 4.5 to 1, for large
// ones 3 to 1.
const Faint = `(() => {
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

func absolute(t testing.TB, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
