package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// shower is where progress is shown that is no terminal.
type shower interface{ Show(done, total int64) }

// bar returns a function that shows how far something has come: a progress
// bar where w is a terminal, what w itself shows where it is a shower, nothing
// otherwise.
func bar(w io.Writer, what string) func(done, total int64) {
	if s, is := w.(shower); is {
		return s.Show
	}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(int64, int64) {}
	}
	shown := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
	return func(done, total int64) {
		if total > 0 {
			shown.ChangeMax64(total)
		}
		// A bar that cannot be drawn must not stop the work.
		_ = shown.Set64(done)
	}
}
