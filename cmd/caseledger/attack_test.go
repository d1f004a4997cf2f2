package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/settings"
	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
)

var update = flag.Bool("update", false, "write the table of attacks on a ledger into eventstore/README.md")

// inVault runs do on the open files of a ledger, past the program.
func inVault(t *testing.T, dir string, do func(vault)) {
	t.Helper()
	v, err := openVault(t.Context(), place{dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	do(v)
	if err := v.close(); err != nil {
		t.Error(err)
	}
}

// head returns the position of a store's last event.
func head(t *testing.T, s ledgerStore) eventstore.Position {
	t.Helper()
	at, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// inject appends an entry that was sealed onto the tail that change makes of
// the true one, by someone who holds the keys.
func inject(t *testing.T, dir, ledger string, change func(*eventstore.Tail)) {
	t.Helper()
	inVault(t, dir, func(v vault) {
		for e, err := range v.store.ReadStream(t.Context(), systemStream, lastOf(t, v, systemStream)-1) {
			if err != nil {
				t.Fatal(err)
			}
			after := eventstore.Tail{Stream: e.Stream, Revision: e.Revision, Metadata: bytes.Clone(e.Metadata)}
			change(&after)
			entry := domain.Entry{Event: settings.LedgerCreated{Ledger: ledger, Nation: "england"}}
			entry.Recorded = domain.MustDate("2099-01-01").Time()
			forged, _, err := v.codec(ledger).Encode(t.Context(), after, eventstore.EventID{9}, entry)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := v.store.Append(t.Context(), e.Stream, e.Revision, []eventstore.Event{forged}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// lastOf returns the revision of a stream.
func lastOf(t *testing.T, v vault, stream string) (last eventstore.Revision) {
	t.Helper()
	for e, err := range v.store.ReadStream(t.Context(), stream, 0) {
		if err != nil {
			t.Fatal(err)
		}
		last = e.Revision
	}
	return last
}

// rewrite writes the journal anew with sound checksums, as someone would who
// has the files and the time.
// An entry for which change returns false is left out, and those after it in
// its stream move up.
func rewrite(t *testing.T, dir string, change func(*eventstore.Recorded) bool) {
	t.Helper()
	path := filepath.Join(dir, journalDir)
	old, err := journal.Open(path, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	forged, err := journal.Open(path+"-forged", journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string]eventstore.Revision{}
	for e, err := range old.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if !change(&e) {
			continue
		}
		if _, err := forged.Append(t.Context(), e.Stream, ends[e.Stream], []eventstore.Event{e.Event}); err != nil {
			t.Fatal(err)
		}
		ends[e.Stream]++
	}
	if err := errors.Join(old.Close(), forged.Close(), os.RemoveAll(path), os.Rename(path+"-forged", path)); err != nil {
		t.Fatal(err)
	}
}

// another changes a hexadecimal digit.
func another(digit *byte) {
	if *digit == '0' {
		*digit = '1'
		return
	}
	*digit = '0'
}

// victim is a ledger with three children, its heads logged, and a checkpoint
// that somebody keeps elsewhere; and an older copy of the whole directory.
type victim struct {
	dir    string
	backup string
	held   string // path of the checkpoint
	policy string // path of a witness policy that nobody satisfies
}

func newVictim(t *testing.T, original string) victim {
	t.Helper()
	root := t.TempDir()
	v := victim{dir: filepath.Join(root, "ledger"), backup: filepath.Join(original, "backup"), held: filepath.Join(original, "held"), policy: filepath.Join(original, "policy")}
	copyDir(t, filepath.Join(original, "ledger"), v.dir)
	return v
}

// makeVictim makes what newVictim copies.
func makeVictim(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "ledger")
	must(t, "init", "--data", dir, "--ledger", victimLedger, "--lea", "201")
	must(t, "import", "cin-census", written(t, soundReturn(2)), "--data", dir)
	copyDir(t, dir, filepath.Join(root, "backup"))
	must(t, "import", "cin-census", written(t, soundReturn(3)), "--data", dir)
	must(t, "log", "attest", "--data", dir, "--heads")
	writeFile(t, filepath.Join(root, "held"), must(t, "log", "checkpoint", "--data", dir))
	witnessDir := filepath.Join(root, "witness")
	vkey := must(t, "witness", "init", "--dir", witnessDir, "--name", "borough.example/w1")
	writeFile(t, filepath.Join(root, "policy"), must(t, "log", "keys", "--policy", "--data", dir)+"witness borough "+vkey+"quorum borough\n")
	inApp(t, dir, func(a *app) {
		signed, err := a.checkpoint(t.Context())
		if err == nil {
			err = a.log.KeepAttested(sealer.Attested{Note: signed.Note})
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	return root
}

const victimLedger = "anytown.example/prod"

func inApp(t *testing.T, dir string, do func(*app)) {
	t.Helper()
	var quiet bytes.Buffer
	err := withApp(t.Context(), place{dir: dir}, streams{&quiet, &quiet}, func(a *app) error {
		do(a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(filepath.Join(from, strings.TrimPrefix(path, to)))
		if err != nil {
			return err
		}
		return os.Chmod(path, info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// restore puts a part of the backup in its place.
func restore(parts ...string) func(*testing.T, victim) {
	return func(t *testing.T, v victim) {
		t.Helper()
		for _, part := range parts {
			path := filepath.Join(v.dir, part)
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(filepath.Join(v.backup, part)); err == nil && !info.IsDir() {
				text, err := os.ReadFile(filepath.Join(v.backup, part))
				if err != nil {
					t.Fatal(err)
				}
				writeFile(t, path, string(text))
				continue
			}
			copyDir(t, filepath.Join(v.backup, part), path)
		}
	}
}

// forge writes the journal anew with one entry changed.
func forge(at eventstore.Position, change func(*eventstore.Recorded)) func(*testing.T, victim) {
	return func(t *testing.T, v victim) {
		t.Helper()
		rewrite(t, v.dir, func(e *eventstore.Recorded) bool {
			if e.Position == at {
				change(e)
			}
			return true
		})
	}
}

// leaveOut writes the journal anew without some entries.
func leaveOut(out func(eventstore.Recorded) bool) func(*testing.T, victim) {
	return func(t *testing.T, v victim) {
		t.Helper()
		rewrite(t, v.dir, func(e *eventstore.Recorded) bool { return !out(*e) })
	}
}

// flip alters a byte of a file.
func flip(parts ...string) func(*testing.T, victim) {
	return func(t *testing.T, v victim) {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(append([]string{v.dir}, parts...)...))
		if err != nil || len(files) == 0 {
			t.Fatal("no such file", parts, err)
		}
		alter(t, files[0], len(fileText(t, files[0]))/2, 1)
	}
}

// alter alters the byte at an offset.
func alter(t *testing.T, path string, offset int, by byte) {
	t.Helper()
	text := []byte(fileText(t, path))
	text[offset] ^= by
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, text, 0o600), os.Chmod(path, info.Mode())); err != nil {
		t.Fatal(err)
	}
}

func removedFile(parts ...string) func(*testing.T, victim) {
	return func(t *testing.T, v victim) {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(append([]string{v.dir}, parts...)...)); err != nil {
			t.Fatal(err)
		}
	}
}

// otherHistory goes on from the backup with something else, with every key of
// the ledger, and puts the result in the place of the true one.
func otherHistory(t *testing.T, v victim) {
	t.Helper()
	restore(journalDir, logDir, lastDir, keysDir)(t, v)
	if err := os.Remove(filepath.Join(v.dir, projectionsFile)); err != nil {
		t.Fatal(err)
	}
	other := strings.ReplaceAll(soundReturn(4), "2021-06-01", "2021-06-02")
	must(t, "import", "cin-census", written(t, other), "--data", v.dir)
}

// falseHeads logs a root of heads in which the last entry of a record is left out.
func falseHeads(t *testing.T, v victim) {
	t.Helper()
	inApp(t, v.dir, func(a *app) {
		at, err := a.settings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		root, err := proof.ParseHeadsRoot([]byte(at.State.Heads[0].Fact.Root))
		if err != nil {
			t.Fatal(err)
		}
		root.Heads[7] ^= 1
		c := settings.HeadsLogged{Dated: domain.Dated{Happened: a.records.Setting().Today}, Root: string(root.Text())}
		if err := a.record(t.Context(), "forged", c, domain.Facts(c)...); err != nil {
			t.Fatal(err)
		}
	})
}

// halfSigned puts a checkpoint that one of the two keys signed in the place of
// the published one.
func halfSigned(t *testing.T, v victim) {
	t.Helper()
	path := filepath.Join(v.dir, logDir, "checkpoint")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = text[:bytes.LastIndex(text, []byte("\n— "))+1]
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// ledgerAttack is something done to a sound ledger, and what verify finds.
type ledgerAttack struct {
	name  string
	do    func(*testing.T, victim)
	more  []string // arguments of verify
	code  int
	check string // the first one that does not hold; "" when verify does not come that far
	says  string
}

func ledgerAttacks() []ledgerAttack {
	const at = 7 // an entry of the first child
	nothing := func(*testing.T, victim) {}
	return []ledgerAttack{
		{"nothing", nothing, nil, exitOK, "", ""},
		{"nothing; an older checkpoint is held elsewhere", nothing, []string{"--known", "held"}, exitOK, "", ""},
		{"a byte of the journal", flip(journalDir, "*.seg"), nil, exitVerify, "", "byte"},
		{"a byte of a blob, the journal's checksums made anew", forge(at, func(e *eventstore.Recorded) { e.Data[len(e.Data)/2] ^= 1 }), nil, exitVerify, "entries", "position 7: entry"},
		{"the number of an entry in its leaf", forge(at, func(e *eventstore.Recorded) { e.Metadata[bytes.Index(e.Metadata, []byte("\nprev "))-1] ^= 1 }), nil, exitVerify, "entries", "position 7: entry"},
		{"the time of an entry in its leaf", forge(at, func(e *eventstore.Recorded) {
			another(&e.Metadata[bytes.Index(e.Metadata, []byte("\nrecorded "))+len("\nrecorded 2026-11-22T10:00:00.12345")])
		}), nil, exitVerify, "entries", "position 7: entry"},
		{"the key's name in a leaf", forge(at, func(e *eventstore.Recorded) { another(&e.Metadata[len(e.Metadata)-2]) }), nil, exitVerify, "entries", "position 7: entry"},
		{"the id of an event", forge(at, func(e *eventstore.Recorded) { e.ID[3] ^= 1 }), nil, exitVerify, "entries", "position 7: entry"},
		{"the type of an event", forge(at, func(e *eventstore.Recorded) { e.Type = "person.died/1" }), nil, exitVerify, "entries", "position 7: entry"},
		{"the blob of another entry of the record", swappedBlobs(at, at+1), nil, exitVerify, "entries", "position 7: entry"},
		{"an entry left out", leaveOut(func(e eventstore.Recorded) bool { return e.Position == at }), nil, exitVerify, "entries", "entry"},
		{"the last entry left out", func(t *testing.T, v victim) {
			var last eventstore.Position
			inVault(t, v.dir, func(v vault) { last = head(t, v.store) })
			leaveOut(func(e eventstore.Recorded) bool { return e.Position == last })(t, v)
		}, nil, exitVerify, "log", "were sealed before"},
		{"a whole record left out", leaveOut(func(e eventstore.Recorded) bool { return strings.HasPrefix(e.Stream, "batch-") }), nil, exitVerify, "log", "were sealed before"},
		{"an entry of another ledger added", func(t *testing.T, v victim) {
			inject(t, v.dir, "othertown.example/prod", func(at *eventstore.Tail) {
				at.Metadata = bytes.Replace(at.Metadata, []byte(victimLedger), []byte("othertown.example/prod"), 1)
			})
		}, nil, exitVerify, "settings", "another ledger"},
		{"an entry added that does not follow the one before", func(t *testing.T, v victim) {
			inject(t, v.dir, victimLedger, func(at *eventstore.Tail) {
				another(&at.Metadata[bytes.Index(at.Metadata, []byte("\ncipher "))+len("\ncipher ")])
			})
		}, nil, exitVerify, "entries", "stream system"},
		{"the journal put back to a backup", restore(journalDir), nil, exitVerify, "log", "were sealed before"},
		{"the journal and the log put back, the last checkpoint kept apart", restore(journalDir, logDir, keysDir, projectionsFile), nil, exitVerify, "log", "were sealed before"},
		{"everything put back to a backup", restore(journalDir, logDir, lastDir, keysDir, projectionsFile), nil, exitOK, "", ""},
		{"everything put back; a later checkpoint is held elsewhere", restore(journalDir, logDir, lastDir, keysDir, projectionsFile), []string{"--known", "held"}, exitVerify, "log", "were sealed before"},
		{"another history, made with every key", otherHistory, nil, exitOK, "", ""},
		{"another history; a checkpoint of the true one is held elsewhere", otherHistory, []string{"--known", "held"}, exitVerify, "log", "contradicts"},
		{"a checkpoint signed with the Ed25519 key alone", halfSigned, nil, exitVerify, "log", "signed"},
		{"a false root of heads, made with every key", falseHeads, nil, exitVerify, "log", "heads"},
		{"a byte of a tile", flip(logDir, "tile", "0", "000.p", "*"), nil, exitVerify, "log", "tile/0"},
		{"a byte of the positions", flip(logDir, "positions"), nil, exitVerify, "log", "positions"},
		{"a byte of the tree's state", flip(logDir, "state"), nil, exitVerify, "log", ""},
		{"a byte of the published checkpoint", flip(logDir, "checkpoint"), nil, exitVerify, "log", "published"},
		{"a byte of the kept heads", flip(logDir, "heads", "*"), nil, exitVerify, "log", ""},
		{"a byte of what others said of a checkpoint", flip(logDir, "attested", "*"), nil, exitVerify, "log", ""},
		{"a byte of the last checkpoint", flip(lastDir, "last-checkpoint"), nil, exitVerify, "log", "the last checkpoint"},
		{"the last checkpoint removed", removedFile(lastDir), nil, exitNotReady, "", "put it back"},
		{"the log removed (it is made again)", removedFile(logDir), nil, exitOK, "", ""},
		{"a byte of the keys", flip(keysDir, "keys-1"), nil, exitVerify, "", "damaged"},
		{"the keys removed", removedFile(keysDir), nil, exitNotReady, "", "put"},
		{"the keys put back to a backup", restore(keysDir), nil, exitVerify, "entries", "does not have the key"},
		{"no witness of the policy has seen it", nothing, []string{"--witness-policy", "policy"}, exitVerify, "witnesses", "UNWITNESSED"},
		{"a row of a read model", func(t *testing.T, v victim) { spoil(t, v.dir, "UPDATE person__v1 SET sex = '9'") }, nil, exitVerify, "read models", "rebuild"},
	}
}

// swappedBlobs exchanges the data of two entries.
func swappedBlobs(x, y eventstore.Position) func(*testing.T, victim) {
	return func(t *testing.T, v victim) {
		t.Helper()
		data := map[eventstore.Position][]byte{}
		rewrite(t, v.dir, func(e *eventstore.Recorded) bool { data[e.Position] = bytes.Clone(e.Data); return true })
		rewrite(t, v.dir, func(e *eventstore.Recorded) bool {
			switch e.Position {
			case x:
				e.Data = data[y]
			case y:
				e.Data = data[x]
			}
			return true
		})
	}
}

func TestEveryAttackOnALedgerIsFoundAndNamed(t *testing.T) {
	original := makeVictim(t)
	var table strings.Builder
	table.WriteString("| Done to the ledger | Found by the check of | Exit code |\n|---|---|---|\n")
	for _, tt := range ledgerAttacks() {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			v := newVictim(t, original)
			tt.do(t, v)
			args := append([]string{"verify", "--data", v.dir, "--output", "csv"}, tt.more...)
			for i, arg := range args {
				args[i] = map[string]string{"held": v.held, "policy": v.policy}[arg]
				if args[i] == "" {
					args[i] = arg
				}
			}
			code, out, errs := caseledger(t, args...)
			found := ""
			for line := range strings.Lines(out) {
				cells := strings.SplitN(line, ",", 3)
				if found == "" && len(cells) == 3 && cells[1] != "ok" && cells[1] != "result" {
					found = cells[0]
				}
			}
			if code != tt.code || found != tt.check || !strings.Contains(out+errs, tt.says) {
				t.Errorf("exit %d, check %q; want %d, %q and %q\n%s%s", code, found, tt.code, tt.check, tt.says, out, errs)
			}
			fmt.Fprintf(&table, "| %s | %s | %d |\n", tt.name, map[bool]string{true: "nothing", false: tt.check}[tt.code == exitOK], tt.code)
		})
	}
	if !t.Failed() {
		inREADME(t, filepath.Join("..", "..", "eventstore", "README.md"), "attacks on a ledger", table.String())
	}
}

// inREADME compares, or with -update writes, what stands between two marks.
func inREADME(t *testing.T, path, mark, text string) {
	t.Helper()
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+mark+" -->\n", "<!-- end of "+mark+" -->\n"
	before, rest, ok1 := strings.Cut(string(readme), begin)
	standing, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no marks of %s", path, mark)
	}
	if standing == text {
		return
	}
	if !*update {
		t.Fatalf("%s states another table: go test ./cmd/caseledger -run Attack -update", path)
	}
	if err := os.WriteFile(path, []byte(before+begin+text+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

// flips is how many bytes are altered, one at a time.
func flips() int {
	if testing.Short() {
		return 60
	}
	return 200
}

func TestAnyAlteredByteOfALedgerIsFound(t *testing.T) {
	original, seed := makeVictim(t), uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var files []string
	dir := filepath.Join(original, "ledger")
	for path, text := range contents(t, dir) {
		if len(text) > 0 {
			files = append(files, strings.TrimPrefix(path, dir))
		}
	}
	files = append(files, "/"+projectionsFile)
	slices.Sort(files)
	for n := range flips() {
		v, name := newVictim(t, original), files[n%len(files)]
		offset := rng.IntN(len(fileText(t, filepath.Join(dir, name))))
		alter(t, filepath.Join(v.dir, name), offset, byte(1+rng.IntN(255)))
		code, out, errs := caseledger(t, "verify", "--data", v.dir)
		// Bytes of a database that no row is in carry no meaning: verify has
		// compared every row.
		if code != exitVerify && !(name == "/"+projectionsFile && code == exitOK) {
			t.Errorf("%s, byte %d: exit %d\n%s%s", name, offset, code, out, errs)
		}
		if err := os.RemoveAll(v.dir); err != nil {
			t.Fatal(err)
		}
	}
}
