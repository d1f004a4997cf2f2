package backup

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
)

// TestMain lets the test binary stand in for a program that writes to a ledger,
// backs it up or prunes, and is killed.
func TestMain(m *testing.M) {
	if work := os.Getenv("CASELEDGER_TEST_BACKUP_WORK"); work != "" {
		err := victim(context.Background(), work, os.Args[1], os.Args[2], os.Args[3])
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victimSteps bounds what a program does that nobody kills.
const victimSteps = 100_000

// victim does its work, aloud, until it is killed or something goes wrong.
func victim(ctx context.Context, work, dir, at, keys string) error {
	signer, err := proof.ReadSigner(keys)
	if err != nil {
		return err
	}
	if work == "write" {
		return write(ctx, dir, signer)
	}
	if work == "mirror" {
		return mirror(ctx, dir, at+mirrorSuffix)
	}
	repo, err := Open(ctx, aloud{NewDir(at)}, testKey)
	if err != nil {
		return err
	}
	for range victimSteps {
		note, err := sealer.NewLastFile(filepath.Join(dir, filepath.Dir(lastName))).Load(ctx)
		if err != nil {
			return err
		}
		if work == "prune" {
			_, err = repo.Prune(ctx, 1)
		} else {
			_, err = repo.Create(ctx, Source{Dir: dir, Checkpoint: note, Keys: true})
		}
		if err != nil {
			return err
		}
		fmt.Println("done")
	}
	return nil
}

// mirrorSuffix is added to the path of a repository.
const mirrorSuffix = "-mirror"

func mirror(ctx context.Context, dir, at string) error {
	var m *Mirror
	for range victimSteps {
		note, err := sealer.NewLastFile(filepath.Join(dir, filepath.Dir(lastName))).Load(ctx)
		if err == nil && m == nil {
			m, err = OpenMirror(ctx, aloud{NewDir(at)}, dir, note)
		}
		if err == nil {
			_, err = m.Ship(ctx, note)
		}
		if err != nil {
			return err
		}
		fmt.Println("done")
	}
	return nil
}

func write(ctx context.Context, dir string, signer *proof.Signer) error {
	r, err := openRig(ctx, dir, signer)
	if err != nil {
		return err
	}
	for range victimSteps {
		for range rand.IntN(20) {
			if err := r.add(ctx, testLedger, rand.IntN(800)); err != nil {
				return err
			}
			fmt.Println("appended")
		}
		if err := r.log.CatchUp(ctx); err != nil {
			return err
		}
		fmt.Println("signed")
	}
	return nil
}

// aloud says when it changes something, before and after.
type aloud struct{ Dir }

func (a aloud) Put(ctx context.Context, name string, content []byte) error {
	fmt.Println("putting")
	defer fmt.Println("put")
	return a.Dir.Put(ctx, name, content)
}

func (a aloud) Remove(ctx context.Context, name string) error {
	fmt.Println("removing")
	defer fmt.Println("removed")
	return a.Dir.Remove(ctx, name)
}

// kills is how many rounds there are; the gate asks for 120, in 100 of which a
// backup is killed.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("CASELEDGER_BACKUP_KILLS")); err == nil {
		return n
	}
	return 5
}

// roundsOfOne bounds how large one ledger becomes.
const roundsOfOne = 10

func TestKillingALedgerAndItsBackupOrMirrorLeavesCopiesOfCommittedCheckpoints(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	keyFile := filepath.Join(t.TempDir(), "log-key")
	signer, err := proof.WriteKeys(keyFile, testLedger)
	if err != nil {
		t.Fatal(err)
	}
	var r *rig
	var at string
	restored := 0
	for round := range kills() {
		if round%roundsOfOne == 0 {
			r, at = newLedgerOf(t, signer, 20, testSegmentBytes), filepath.Join(t.TempDir(), "repository")
			create(t, establish(t, r, NewDir(at)), r.source(t))
			ship(t, r, NewDir(at+mirrorSuffix))
			r.log.Close()
			r.store.Close()
		}
		second := "backup"
		if round%6 == 5 {
			second = "prune"
		}
		var all sync.WaitGroup
		written, after := rng.IntN(40), rng.IntN(30)
		all.Go(func() { kill(t, "write", written, r.dir, at, keyFile) })
		all.Go(func() { kill(t, second, after, r.dir, at, keyFile) })
		if round%4 == 1 {
			all.Go(func() { kill(t, "mirror", after, r.dir, at, keyFile) })
		}
		all.Wait()
		restored += survivors(t, r, at, rng)
		r.committed(t, unmirrored(t, r, NewDir(at+mirrorSuffix)))
	}
	t.Logf("%d backups were restored", restored)
}

// kill starts a program and kills it after so many lines.
func kill(t *testing.T, work string, lines int, args ...string) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "CASELEDGER_TEST_BACKUP_WORK="+work)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Error(err)
		return
	}
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return
	}
	in := bufio.NewScanner(out)
	for in.Scan() && lines > 0 {
		lines--
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Log(err)
	}
	for in.Scan() {
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Errorf("%s ended by itself: %s", work, errs.String())
	}
}

// survivors checks the repository, and restores its newest backup and one other.
func survivors(t *testing.T, r *rig, at string, rng *rand.Rand) int {
	t.Helper()
	repo := reopened(t, at)
	_, wrong, err := repo.Check(t.Context(), nil)
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	all, err := repo.List(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("%d backups: %v", len(all), err)
	}
	for _, b := range []Backup{all[len(all)-1], all[rng.IntN(len(all))]} {
		r.committed(t, restores(t, repo, r.keys, b))
	}
	return 2
}

// committed checks that the ledger grew out of the checkpoint in a restored
// directory.
func (r *rig) committed(t *testing.T, dir string) {
	t.Helper()
	now, err := r.keys.Open(note(t, r.dir))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := r.keys.Open(note(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealer.NewLog(filepath.Join(r.dir, logDir)).ProveConsistency(signed.Checkpoint, now); err != nil {
		t.Fatalf("the checkpoint of %d is not one of the ledger: %v", signed.Size, err)
	}
}
