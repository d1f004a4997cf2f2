package evidence

import (
	"bufio"
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// browser is one page in a Chromium without a window. It is driven through a
// pipe (DevTools protocol: JSON messages, each ended by a zero byte), one call
// at a time, so it needs no port and no goroutine.
type browser struct {
	t       testing.TB
	in, out *os.File
	answers *bufio.Reader
	session string
	calls   int
	events  []message // that came between the answers
}

type message struct {
	ID        int            `json:"id,omitzero"`
	SessionID string         `json:"sessionId,omitzero"`
	Method    string         `json:"method,omitzero"`
	Params    jsontext.Value `json:"params,omitzero"`
	Result    jsontext.Value `json:"result,omitzero"`
	Error     jsontext.Value `json:"error,omitzero"`
}

// fields are the parameters of a call.
type fields map[string]any

const (
	callTimeout = 2 * time.Minute
	exitTimeout = 10 * time.Second
)

var browserNames = []string{"chromium", "chromium-browser", "google-chrome"}

// openBrowser opens a file in a browser of its own, or skips the test when
// there is none.
func openBrowser(t testing.TB, file string) *browser {
	t.Helper()
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			b := startBrowser(t, path)
			b.openPage(file)
			return b
		}
	}
	t.Skip("there is no Chromium to open the page with")
	return nil
}

func startBrowser(t testing.TB, path string) *browser {
	t.Helper()
	profile := must(os.MkdirTemp("", "browser"))
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	b := &browser{t: t}
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

func (b *browser) openPage(file string) {
	b.t.Helper()
	target := call[struct {
		TargetID string `json:"targetId"`
	}](b, "Target.createTarget", fields{"url": "about:blank"})
	b.session = call[struct {
		SessionID string `json:"sessionId"`
	}](b, "Target.attachToTarget", fields{"targetId": target.TargetID, "flatten": true}).SessionID
	for _, domain := range []string{"Page", "Network", "Runtime"} {
		call[fields](b, domain+".enable", nil)
	}
	b.size(1280, 1000)
	address := url.URL{Scheme: "file", Path: must(filepath.Abs(file))}
	call[fields](b, "Page.navigate", fields{"url": address.String()})
	b.eval(`new Promise((done) => document.readyState === "complete" ? done(true) : addEventListener("load", () => done(true)))`)
}

// size sets the size of the window in CSS pixels.
func (b *browser) size(width, height int) {
	call[fields](b, "Emulation.setDeviceMetricsOverride", fields{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
}

// call waits for the answer, and keeps the events that come before it.
func call[T any](b *browser, method string, params fields) (result T) {
	b.t.Helper()
	b.calls++
	send := must(json.Marshal(struct {
		ID        int    `json:"id"`
		SessionID string `json:"sessionId,omitzero"`
		Method    string `json:"method"`
		Params    fields `json:"params,omitzero"`
	}{b.calls, b.session, method, params}))
	must(b.in.Write(append(send, 0)))
	b.out.SetReadDeadline(time.Now().Add(callTimeout))
	for {
		text, err := b.answers.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var m message
		if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
			b.t.Fatal(err)
		}
		switch {
		case m.ID == 0:
			b.events = append(b.events, m)
		case m.ID == b.calls && m.Error == nil:
			if err := json.Unmarshal(m.Result, &result); err != nil {
				b.t.Fatal(err)
			}
			return result
		default:
			b.t.Fatalf("%s: %s", method, m.Error)
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

func (b *browser) run(script string, byValue bool) remote {
	b.t.Helper()
	r := call[remote](b, "Runtime.evaluate", fields{"expression": script, "awaitPromise": true, "returnByValue": byValue})
	if r.Exception != nil {
		b.t.Fatalf("%s: %s", script, r.Exception)
	}
	return r
}

// eval runs a script in the page and returns what it resolves to, as JSON.
func (b *browser) eval(script string) string {
	b.t.Helper()
	return string(b.run(script, true).Result.Value)
}

// text is eval of a script that resolves to a string.
func (b *browser) text(script string) (s string) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.eval(script)), &s); err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return s
}

// choose puts a file into a file input of the page, as a person would.
func (b *browser) choose(id, file string) {
	b.t.Helper()
	object := b.run(fmt.Sprintf("document.getElementById(%q)", id), false).Result.ObjectID
	call[fields](b, "DOM.setFileInputFiles", fields{"files": []string{must(filepath.Abs(file))}, "objectId": object})
}

// key presses a key.
func (b *browser) key(name, text string, code int) {
	b.t.Helper()
	press := fields{"type": "keyDown", "key": name, "code": name, "text": text, "windowsVirtualKeyCode": code}
	call[fields](b, "Input.dispatchKeyEvent", press)
	press["type"] = "keyUp"
	delete(press, "text")
	call[fields](b, "Input.dispatchKeyEvent", press)
}
