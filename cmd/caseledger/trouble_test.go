package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manyChildren take the program long enough to be disturbed, and a megabyte of
// journal.
const manyChildren = 400

// peakMemory waits until a process has ended, and returns the bytes of memory that
// it held at most, but for its last millisecond. What the system says at the end is
// of no use on Linux: it counts what the process that started it held.
func peakMemory(t *testing.T, cmd *exec.Cmd) (peak int64) {
	t.Helper()
	if runtime.GOOS == "darwin" {
		_ = cmd.Wait() // its exit code says more
		return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	}
	for ; ; time.Sleep(time.Millisecond) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		_, held, living := strings.Cut(string(status), "VmHWM:")
		if !living {
			_ = cmd.Wait()
			return peak
		}
		kilobytes, _, _ := strings.Cut(strings.TrimSpace(held), " ")
		n, err := strconv.ParseInt(kilobytes, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		peak = n << 10
	}
}

// segmentOf returns the only segment of a small ledger.
func segmentOf(t *testing.T, dir string) string {
	t.Helper()
	segments, err := filepath.Glob(filepath.Join(dir, journalDir, "*.seg"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("%d segments, %v", len(segments), err)
	}
	return segments[0]
}

// halted is an import, as a process of its own, that was stopped in its midst:
// some children are on the disk and others are not.
type halted struct {
	*exec.Cmd
	dir  string
	errs bytes.Buffer
}

// importHalted starts imports into ledgers of their own until one could be
// stopped in its midst: another was over before this process had its turn again.
func importHalted(t *testing.T, file string) *halted {
	t.Helper()
	const some, most, tries = 64 << 10, 512 << 10, 50 // bytes of the megabyte
	for range tries {
		i := &halted{dir: newLedger(t)}
		i.Cmd = program(t, "import", "cin-census", file, "--data", i.dir)
		i.Stderr = &i.errs
		if err := i.Start(); err != nil {
			t.Fatal(err)
		}
		segment := segmentOf(t, i.dir)
		for end := time.Now().Add(5 * time.Minute); !writtenAt(t, segment, some); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the import does not begin")
			}
		}
		if i.stop(t) && !writtenAt(t, segment, most) {
			return i
		}
		_ = i.Process.Signal(syscall.SIGCONT)
		_ = i.Wait() // it may have ended, and be waited for
	}
	t.Fatal("every import was over before it was stopped")
	return nil
}

// stop reports whether the process has stopped, and not ended.
func (i *halted) stop(t *testing.T) bool {
	t.Helper()
	if err := i.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(i.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil {
		t.Fatal(err)
	}
	return status.Stopped()
}

// goOn lets it go on to its end, and returns its exit code.
func (i *halted) goOn(t *testing.T) int {
	t.Helper()
	if err := i.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	return ended(t, i.Cmd)
}

// writtenAt reports whether a file has been written to from the offset on: what
// is allocated ahead reads as zeros.
func writtenAt(t *testing.T, path string, offset int64) bool {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 512)
	n, err := f.ReadAt(b, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return len(bytes.Trim(b[:n], "\x00")) > 0
}

func TestASecondProcessIsRefusedAndDisturbsNothing(t *testing.T) {
	file := written(t, soundReturn(manyChildren))
	first := importHalted(t, file)
	for _, args := range [][]string{{"register"}, {"import", "cin-census", file}, {"rebuild"}, {"verify"}, {"init"}} {
		code, errs := ran(t, program(t, append(args, "--data", first.dir)...))
		if code != exitNotReady || !strings.Contains(errs, "another process uses this directory") {
			t.Errorf("%s: exit %d: %s", args, code, errs)
		}
	}
	if code := first.goOn(t); code != exitOK {
		t.Errorf("the first process: exit %d: %s", code, first.errs.String())
	}
	staysUsable(t, first.dir, file, manyChildren)
}

func TestAnInterruptedImportHasRecordedWholeChildrenAndSaysSo(t *testing.T) {
	file := written(t, soundReturn(manyChildren))
	cut := importHalted(t, file)
	if err := cut.Process.Signal(os.Interrupt); err != nil { // which it finds when it goes on
		t.Fatal(err)
	}
	if code := cut.goOn(t); code != exitFailed || !strings.Contains(cut.errs.String(), "interrupt signal received: what the report counts is recorded") {
		t.Errorf("exit %d: %s", code, cut.errs.String())
	}
	if children := len(rows(t, "record", "list", "--data", cut.dir, "--limit", "1000")); children == 0 || children == manyChildren {
		t.Errorf("%d children are recorded of %d", children, manyChildren)
	}
	staysUsable(t, cut.dir, file, manyChildren)
}

// limited runs the program with a limit in KiB on the size of every file, in
// place of a disk that is full.
func limited(t *testing.T, kib string, args ...string) (code int, errs string) {
	t.Helper()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash to set a limit with")
	}
	cmd := program(t, args...)
	cmd.Path, cmd.Args = shell, append([]string{shell, "-c", `ulimit -f "$0" && exec "$@"`, kib}, cmd.Args...)
	return ran(t, cmd)
}

func TestWhenTheDiskIsFullWhatWasAcknowledgedStaysAndTheRestIsRefused(t *testing.T) {
	for _, tt := range []struct{ name, kib, reason string }{
		{"in the journal", "400", "journal: nothing is appended"},
		{"from the beginning", "0", "read models: disk I/O error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, file := newLedger(t), written(t, soundReturn(manyChildren))
			code, errs := limited(t, tt.kib, "import", "cin-census", file, "--data", dir)
			if code != exitFailed || !strings.Contains(errs, tt.reason) || strings.Contains(errs, secret) {
				t.Errorf("exit %d: %s", code, errs)
			}
			staysUsable(t, dir, file, manyChildren)
		})
	}
}

func TestReadModelsForWhichThereIsNoRoomDoNotStopTheRecording(t *testing.T) {
	dir, file := newLedger(t), written(t, soundReturn(manyChildren))
	must(t, "import", "cin-census", file, "--data", dir)
	if err := (place{dir: dir}).removeReadModels(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, errs := limited(t, "600", "register", "--data", dir); code != exitFailed || !strings.HasPrefix(errs, "caseledger: read models: ") {
		t.Errorf("exit %d: %s", code, errs)
	}
	staysUsable(t, dir, file, manyChildren)
}

func TestADirectoryThatCannotBeUsedIsRefused(t *testing.T) {
	file := written(t, soundReturn(3))
	journalIsFile := t.TempDir()
	if err := os.WriteFile(filepath.Join(journalIsFile, journalDir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, dir, reason string
		want              int
	}{
		{"it is a file", file, "there is no ledger", exitNotReady},
		{"it is in a file", filepath.Join(file, "ledger"), "there is no ledger", exitNotReady},
		{"it is empty", t.TempDir(), "there is no ledger", exitNotReady},
		{"its journal is a file", journalIsFile, "not a directory", exitFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, _, errs := caseledger(t, "import", "cin-census", file, "--data", tt.dir)
			if code != tt.want || !strings.Contains(errs, tt.reason) {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
	if code, _, errs := caseledger(t, "init", "--data", file); code != exitFailed || !strings.Contains(errs, "not a directory") {
		t.Errorf("init: exit %d: %s", code, errs)
	}
}

func TestAReadOnlyDirectoryIsRefusedAndCanBeUsedAgainLater(t *testing.T) {
	dir, file := newLedger(t), written(t, soundReturn(3))
	writable := readOnly(t, dir)
	for _, args := range [][]string{{"import", "cin-census", file}, {"register"}, {"rebuild"}} {
		code, _, errs := caseledger(t, append(args, "--data", dir)...)
		if code != exitFailed || !strings.Contains(errs, dir) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d: %s", args, code, errs)
		}
	}
	writable()
	staysUsable(t, dir, file, 3)
}

// readOnly takes the right to write in a ledger away, and returns what gives
// it back.
func readOnly(t *testing.T, dir string) (writable func()) {
	t.Helper()
	mode := func(dirs, files os.FileMode) {
		for path, mode := range map[string]os.FileMode{
			filepath.Join(dir, projectionsFile): files, filepath.Join(dir, journalDir, "LOCK"): files,
			segmentOf(t, dir): files, filepath.Join(dir, journalDir): dirs, dir: dirs,
		} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	if os.Geteuid() != 0 {
		mode(0o500, 0o400)
		return func() { mode(0o700, 0o600) }
	}
	// The superuser may write everywhere but on what is mounted read-only.
	mount := func(args ...string) error { return exec.CommandContext(t.Context(), args[0], args[1:]...).Run() }
	if mount("mount", "--bind", dir, dir) != nil {
		t.Skip("permissions do not bind the superuser, and nothing can be mounted here")
	}
	writable = func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Error(err)
		}
	}
	if mount("mount", "-o", "remount,bind,ro", dir) != nil {
		writable()
		t.Skip("permissions do not bind the superuser, and nothing can be mounted read-only here")
	}
	return writable
}

func TestReadModelsThatAreGarbageAreMadeAnew(t *testing.T) {
	garbage := bytes.Repeat([]byte("garbage\x00"), 1<<10)
	for _, tt := range []struct {
		name  string
		spoil func(whole []byte) []byte
	}{
		{"from the beginning", func([]byte) []byte { return garbage }},
		{"in the middle", func(whole []byte) []byte {
			copy(whole[len(whole)/4:], garbage)
			copy(whole[2*4096:], garbage)
			return whole
		}},
		{"cut", func(whole []byte) []byte { return whole[:len(whole)/2] }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, file := newLedger(t), written(t, soundReturn(3))
			must(t, "import", "cin-census", file, "--data", dir)
			path := filepath.Join(dir, projectionsFile)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.spoil(whole), 0o600); err != nil {
				t.Fatal(err)
			}
			code, _, errs := caseledger(t, "verify", "--data", dir)
			if code != exitVerify || !strings.Contains(errs, "read models") || !strings.Contains(errs, "caseledger rebuild") {
				t.Errorf("exit %d: %s", code, errs)
			}
			must(t, "rebuild", "--data", dir)
			staysUsable(t, dir, file, 3)
		})
	}
}

func TestAJournalOfAVersionToComeIsLeftAlone(t *testing.T) {
	dir := newLedger(t)
	path := segmentOf(t, dir)
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	future := bytes.Clone(now)
	binary.LittleEndian.PutUint32(future[8:], 2)
	binary.LittleEndian.PutUint32(future[12:], crc32.Checksum(future[:12], crc32.MakeTable(crc32.Castagnoli)))
	if err := os.WriteFile(path, future, 0o600); err != nil {
		t.Fatal(err)
	}
	file := written(t, soundReturn(3))
	for _, args := range [][]string{{"import", "cin-census", file}, {"verify"}, {"rebuild"}, {"init"}} {
		code, _, errs := caseledger(t, append(args, "--data", dir)...)
		if code != exitFailed || !strings.Contains(errs, filepath.Base(path)) || !strings.Contains(errs, "use a newer program") {
			t.Errorf("%s: exit %d: %s", args, code, errs)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, future) {
		t.Error("a file that was not understood was changed", err)
	}
	if err := os.WriteFile(path, now, 0o600); err != nil {
		t.Fatal(err)
	}
	staysUsable(t, dir, file, 3)
}
