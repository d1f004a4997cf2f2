package pgkeys

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"caseledger/eventstore/seal/keys"
)

// Limits of a question to the database.
const (
	MaxWait        = 30 * time.Second // for one answer
	connectTimeout = 10 * time.Second
	maxDSNBytes    = 4096
)

// session is what every connection asks for. A key is durable when it is said
// to be, and what a process leaves half done when it or its machine goes away
// does not keep the others waiting.
var session = map[string]string{
	"application_name":                    "caseledger",
	"synchronous_commit":                  "on",
	"statement_timeout":                   "30s",
	"idle_in_transaction_session_timeout": "60s",
	"tcp_keepalives_idle":                 "3",
	"tcp_keepalives_interval":             "2",
	"tcp_keepalives_count":                "3",
}

// config reads the connection string.
func (o Options) config() (*pgxpool.Config, error) {
	info, err := os.Stat(o.DSNFile)
	if err != nil {
		return nil, fmt.Errorf("file of the connection string: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s has mode %v, not 0600", keys.ErrExposed, o.DSNFile, info.Mode().Perm())
	}
	if info.Size() > maxDSNBytes {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", keys.ErrRefused, o.DSNFile, maxDSNBytes)
	}
	text, err := os.ReadFile(o.DSNFile)
	if err != nil {
		return nil, fmt.Errorf("file of the connection string: %w", err)
	}
	c, err := parseDSN(string(text))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", keys.ErrRefused, o.DSNFile, err)
	}
	return c, nil
}

// parseDSN never repeats what it is given, which may hold a password.
func parseDSN(text string) (*pgxpool.Config, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, errors.New("it is empty")
	}
	c, err := pgxpool.ParseConfig(text)
	if err != nil {
		return nil, errors.New("not a connection string of PostgreSQL")
	}
	if !guarded(&c.ConnConfig.Config) {
		return nil, errors.New("another machine is spoken to with sslmode=verify-full only")
	}
	for name, value := range session {
		c.ConnConfig.RuntimeParams[name] = value
	}
	if c.ConnConfig.ConnectTimeout == 0 || c.ConnConfig.ConnectTimeout > connectTimeout {
		c.ConnConfig.ConnectTimeout = connectTimeout
	}
	// A standby may not know yet what was destroyed.
	c.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	c.MinConns, c.MinIdleConns, c.MaxConns = 0, 0, 1
	c.PingTimeout = connectTimeout
	return c, nil
}

// guarded reports whether nobody on the way can read or answer.
func guarded(c *pgconn.Config) bool {
	hosts := append(slices.Clone(c.Fallbacks), &pgconn.FallbackConfig{Host: c.Host, TLSConfig: c.TLSConfig})
	return !slices.ContainsFunc(hosts, func(f *pgconn.FallbackConfig) bool {
		return !local(f.Host) && (f.TLSConfig == nil || f.TLSConfig.InsecureSkipVerify)
	})
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" || ip != nil && ip.IsLoopback()
}

// ErrLater says that the key store was made, or altered, by a later version of
// the program.
var ErrLater = errors.New("the key store in the database is of a later version of the program")

// What named finds out about an error of the database. The texts of package keys
// speak of a KMS.
var (
	errUnreachable = fault{"the key store's database cannot be reached", keys.ErrUnreachable}
	errDenied      = fault{"the key store's database refuses the credentials", keys.ErrDenied}
)

// fault is an error of package keys with a text that fits a database.
type fault struct {
	text string
	is   error
}

func (f fault) Error() string        { return f.text }
func (f fault) Is(target error) bool { return target == f.is }

// named gives an error of the database the name that package keys has for it,
// and leaves out everything of it that could repeat a value.
func named(err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &pg):
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	said := fmt.Sprintf("%s (SQLSTATE %s)", pg.Message, pg.Code)
	switch class := pg.Code[:min(2, len(pg.Code))]; {
	case pg.Code == "42P01", pg.Code == "3D000", pg.Code == "3F000":
		return fmt.Errorf("%w: %s", keys.ErrMissing, said)
	case class == "28", pg.Code == "42501":
		return fmt.Errorf("%w: %s", errDenied, said)
	case slices.Contains([]string{"08", "25", "40", "53", "55", "57", "58"}, class):
		return fmt.Errorf("%w: %s", errUnreachable, said)
	case class == "23":
		return fmt.Errorf("%w: %s", keys.ErrCorrupt, said)
	}
	return errors.New("the key store's database: " + said)
}

// existing is named, and says when what another made is in the way: a table, or the name of
// one that another is about to make.
func existing(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42P07" || pg.Code == "23505") {
		return keys.ErrExists
	}
	return named(err)
}

// late says that a caller stopped waiting.
func late(ctx context.Context) error {
	return fmt.Errorf("pgkeys: %w: %w", errUnreachable, context.Cause(ctx))
}
