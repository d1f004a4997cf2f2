package esdbgrpc

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"golang.org/x/crypto/argon2"
)

// Rights are what a caller may do.
type Rights uint8

const (
	// Read allows to read and follow streams and the log, and to consume from
	// the groups of persistent subscriptions.
	Read Rights = 1 << iota
	// Write allows to append sealed events.
	Write
	// Groups allows to create, change, list and delete persistent subscriptions.
	Groups
	// Admin allows everything, streams of the system included.
	Admin
)

// may reports whether any of the rights wanted is there.
func (r Rights) may(wanted Rights) bool { return r&(wanted|Admin) != 0 }

func rightsOf(words []string) (r Rights, err error) {
	for _, word := range words {
		switch word {
		case "read":
			r |= Read
		case "write":
			r |= Write
		case "groups":
			r |= Groups
		case "admin":
			r |= Admin
		default:
			return 0, fmt.Errorf("unknown right %q: there are read, write, groups and admin", word)
		}
	}
	return r, nil
}

// Account is a service account.
type Account struct {
	Name        string   `json:"name"`
	Password    string   `json:"password,omitzero"`    // as HashPassword writes it; empty: no password fits
	Certificate string   `json:"certificate,omitzero"` // common name of its client certificate; empty: none
	May         []string `json:"may"`                  // "read", "write", "groups", "admin"

	rights Rights
	salt   []byte
	hash   []byte
}

// Accounts are the callers that a server knows.
type Accounts struct {
	byName        map[string]*Account
	byCertificate map[string]*Account
}

const (
	maxAccounts     = 10_000
	maxAccountsFile = 4 << 20
	maxPassword     = 256 // bytes
)

// ReadAccounts reads the accounts of a file: {"accounts": [Account, …]}.
func ReadAccounts(path string) (*Accounts, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	if info.Size() > maxAccountsFile {
		return nil, fmt.Errorf("accounts: %s: larger than %d bytes", path, maxAccountsFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	var file struct {
		Accounts []Account `json:"accounts"`
	}
	if err := json.Unmarshal(text, &file, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("accounts: %s: %w", path, err)
	}
	a, err := NewAccounts(file.Accounts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// NewAccounts checks accounts.
func NewAccounts(list []Account) (*Accounts, error) {
	a := &Accounts{byName: make(map[string]*Account), byCertificate: make(map[string]*Account)}
	if len(list) > maxAccounts {
		return nil, fmt.Errorf("accounts: more than %d", maxAccounts)
	}
	for i, account := range list {
		if err := a.add(account); err != nil {
			return nil, fmt.Errorf("accounts: number %d: %w", i+1, err)
		}
	}
	return a, nil
}

// List returns the accounts in the order of their names.
func (a *Accounts) List() []Account {
	out := make([]Account, 0, len(a.byName))
	for _, name := range slices.Sorted(maps.Keys(a.byName)) {
		out = append(out, *a.byName[name])
	}
	return out
}

func (a *Accounts) add(account Account) (err error) {
	if account.Name == "" || strings.ContainsAny(account.Name, ":\n") {
		return fmt.Errorf("a name is not empty and has no colon")
	}
	if account.rights, err = rightsOf(account.May); err != nil {
		return err
	}
	if account.Password != "" {
		if account.salt, account.hash, err = readHash(account.Password); err != nil {
			return err
		}
	}
	if a.byName[account.Name] != nil || a.byCertificate[account.Certificate] != nil {
		return fmt.Errorf("the name or certificate is another account's")
	}
	a.byName[account.Name] = &account
	if account.Certificate != "" {
		a.byCertificate[account.Certificate] = &account
	}
	return nil
}

// The one form of hashed passwords: Argon2id as RFC 9106, in the PHC notation.
const (
	hashPrefix = "$argon2id$v=19$m=19456,t=2,p=1$"
	hashBytes  = 32
	saltBytes  = 16
)

func hashOf(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, 2, 19456, 1, hashBytes)
}

// HashPassword returns the text that stands for a password in a file of
// accounts.
func HashPassword(password string) (string, error) {
	if password == "" || len(password) > maxPassword {
		return "", fmt.Errorf("a password is 1 to %d bytes", maxPassword)
	}
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	b64 := base64.RawStdEncoding
	return hashPrefix + b64.EncodeToString(salt) + "$" + b64.EncodeToString(hashOf(password, salt)), nil
}

func readHash(text string) (salt, hash []byte, err error) {
	rest, found := strings.CutPrefix(text, hashPrefix)
	one, two, two2 := strings.Cut(rest, "$")
	if !found || !two2 {
		return nil, nil, fmt.Errorf("a hashed password begins with %s", hashPrefix)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(one); err != nil || len(salt) != saltBytes {
		return nil, nil, fmt.Errorf("a hashed password has a salt of %d bytes", saltBytes)
	}
	if hash, err = base64.RawStdEncoding.DecodeString(two); err != nil || len(hash) != hashBytes {
		return nil, nil, fmt.Errorf("a hashed password has %d bytes", hashBytes)
	}
	return salt, hash, nil
}

// fits reports whether the password is the account's. It takes as long for an
// account that does not exist (nil) or has none.
func (a *Account) fits(password string) bool {
	salt, hash := make([]byte, saltBytes), make([]byte, hashBytes)
	known := a != nil && a.hash != nil
	if known {
		salt, hash = a.salt, a.hash
	}
	same := subtle.ConstantTimeCompare(hashOf(password, salt), hash) == 1
	return same && known
}
