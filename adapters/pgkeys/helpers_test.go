package pgkeys

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
)

var (
	destruction = keys.Destruction{When: time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC), Certificate: "certificate-17"}
	mary, tom   = keys.Place{Stream: "record-7f3c"}, keys.Place{Stream: "record-81aa", Class: "adoption"}
)

// base is a schema of a test's own, and a connection that looks behind the
// store.
type base struct {
	*pgx.Conn
	t      testing.TB
	dsn    string
	schema string
}

// newBase skips the test where there is no PostgreSQL.
func newBase(t testing.TB) base {
	t.Helper()
	dsn := os.Getenv("CASELEDGER_POSTGRES")
	if dsn == "" {
		t.Skip("CASELEDGER_POSTGRES holds no connection string of a PostgreSQL server")
	}
	id := make([]byte, 8)
	rand.Read(id)
	b := base{t: t, dsn: dsn, schema: "pgkeys_" + hex.EncodeToString(id)}
	var err error
	if b.Conn, err = pgx.Connect(t.Context(), with(dsn, "search_path", b.schema)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.exec("DROP SCHEMA " + b.schema + " CASCADE")
		b.Close(contextOf(t))
	})
	b.exec("CREATE SCHEMA " + b.schema)
	return b
}

// with sets a parameter of a connection string.
func with(dsn, name, value string) string {
	if !strings.Contains(dsn, "://") {
		return dsn + " " + name + "='" + value + "'"
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func (b base) exec(sql string, args ...any) int64 {
	b.t.Helper()
	tag, err := b.Exec(contextOf(b.t), sql, args...)
	if err != nil {
		b.t.Fatal(err)
	}
	return tag.RowsAffected()
}

func (b base) options(parameters ...string) Options {
	b.t.Helper()
	dsn := with(b.dsn, "search_path", b.schema)
	for i := 0; i < len(parameters); i += 2 {
		dsn = with(dsn, parameters[i], parameters[i+1])
	}
	return Options{DSNFile: file(b.t, dsn)}
}

func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (b base) create(k keys.KMS) *Store {
	b.t.Helper()
	s, err := Create(b.t.Context(), b.options(), k)
	return b.opened(s, err)
}

func (b base) open(o Options, k keys.KMS) *Store {
	b.t.Helper()
	s, err := Open(b.t.Context(), o, k)
	return b.opened(s, err)
}

func (b base) opened(s *Store, err error) *Store {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { s.Close() })
	return s
}

func testKMS(t testing.TB) keys.KMS {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := keys.WriteKeyFile(path); err != nil {
		t.Fatal(err)
	}
	k, err := keys.ReadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealing(t testing.TB, s keys.Store, p keys.Place) seal.Key {
	t.Helper()
	k, err := s.ForSealing(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// until waits for a condition that comes true by itself.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// wire is a way to the server that can be cut.
type wire struct {
	net.Listener
	network, server string
	mu              sync.Mutex
	cut             bool
	conns           map[net.Conn]bool
	dropAfter       []byte // the answer to what holds this gets lost, and the connection with it
}

// wired returns options that lead through a wire.
func (b base) wired() (Options, *wire) {
	b.t.Helper()
	c, err := pgx.ParseConfig(b.dsn)
	if err != nil {
		b.t.Fatal(err)
	}
	w := &wire{conns: map[net.Conn]bool{}}
	w.network, w.server = pgconn.NetworkAddress(c.Host, c.Port)
	if w.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		b.t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() { w.accept(&all) })
	b.t.Cleanup(func() {
		w.Close()
		w.set(true)
		all.Wait()
	})
	port := strconv.Itoa(w.Addr().(*net.TCPAddr).Port)
	return Options{DSNFile: file(b.t, "host=127.0.0.1 port="+port+" user="+c.User+" password='"+c.Password+"' dbname="+c.Database+" sslmode=disable search_path="+b.schema)}, w
}

// set cuts the wire, or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for c := range w.conns {
		if cut {
			c.Close()
		}
	}
}

func (w *wire) keep(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		w.conns[c] = true
	}
	return !w.cut
}

func (w *wire) accept(all *sync.WaitGroup) {
	for {
		client, err := w.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(w.network, w.server)
		if err != nil {
			client.Close()
			continue
		}
		if !w.keep(client, server) {
			client.Close()
			server.Close()
			continue
		}
		lose := make(chan struct{})
		all.Go(func() { w.copy(server, client, lose) })
		all.Go(func() { w.back(client, server, lose) })
	}
}

// copy is the way there.
func (w *wire) copy(to, from net.Conn, lose chan struct{}) {
	defer to.Close()
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if n > 0 && w.loses(b[:n]) {
			close(lose)
		}
		if _, err2 := to.Write(b[:n]); err != nil || err2 != nil {
			return
		}
	}
}

func (w *wire) loses(b []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.dropAfter) == 0 || !bytes.Contains(b, w.dropAfter) {
		return false
	}
	w.dropAfter = nil
	return true
}

// back is the way back.
func (w *wire) back(to, from net.Conn, lose chan struct{}) {
	defer to.Close()
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		select {
		case <-lose:
			return
		default:
		}
		if _, err2 := to.Write(b[:n]); err != nil || err2 != nil {
			return
		}
	}
}

// drop has the answer to the next write that makes or destroys the key of the
// place get lost.
func (w *wire) drop(p keys.Place) {
	hash := sha256.Sum256([]byte("caseledger/place/v1\n" + p.Stream + "\nrecord\n"))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropAfter = hash[:]
}

// dropped reports whether an answer got lost since.
func (w *wire) dropped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dropAfter == nil
}
