package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Limits on asking one witness.
const (
	// Timeout is how long a witness may take in all, when Client.Timeout is 0.
	Timeout = 10 * time.Second

	maxAttempts = 4
	firstPause  = 100 * time.Millisecond // doubled at each fault
)

// What a witness's answer can mean. Test with errors.Is.
var (
	// ErrFork says that the witness cosigned another root of this size: one of
	// the two trees was made up, or the log was restored and grew differently.
	ErrFork = errors.New("the witness has cosigned another tree of this size")
	// ErrAhead says that the witness cosigned a larger tree than the one sent.
	ErrAhead = errors.New("the witness has cosigned a larger tree")
	// ErrAnswer says that the answer holds no good cosignature.
	ErrAnswer = errors.New("the witness's answer is not a cosignature of it")
	// ErrMissing says that no answer came in time.
	ErrMissing = errors.New("the witness did not answer")
)

// RefusedError is a refusal that asking again does not change.
type RefusedError struct{ Status int } // HTTP

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the witness refused with HTTP status %d", e.Status)
}

// Endpoint is a witness that can be asked.
type Endpoint struct {
	Name string // in the policy
	URL  string // submission prefix, without /add-checkpoint
	Key  note.Verifier
}

// Prove returns the proof that the tree of newer leaves begins with the one of
// older, 0 < older < newer.
type Prove func(ctx context.Context, older, newer int64) (tlog.TreeProof, error)

// Outcome is what one witness did.
type Outcome struct {
	Witness string
	Time    time.Time // of the cosignature; zero when Err is set
	Err     error
}

// Client asks witnesses on behalf of one log. It remembers what size each was
// at, to save a round; losing that costs nothing else. It may be used by several
// goroutines. The zero value is ready.
type Client struct {
	HTTP    *http.Client  // nil for http.DefaultTransport without redirects
	Timeout time.Duration // for each witness; 0 for the constant Timeout

	mu    sync.Mutex
	sizes map[string]int64 // by URL
}

// Collect asks all witnesses at once, and returns the checkpoint with the
// cosignatures that came, in the order of the witnesses, and one outcome for
// each. It returns when the last has answered or its time is over. The error is
// for a checkpoint that is none; that witnesses are missing is no error here: a
// policy decides whether enough are left.
func (c *Client) Collect(ctx context.Context, signed []byte, witnesses []Endpoint, prove Prove) ([]byte, []Outcome, error) {
	next, text, err := parseSigned(signed)
	if err != nil {
		return nil, nil, fmt.Errorf("witness: %w", err)
	}
	lines := make([]string, len(witnesses))
	outcomes := make([]Outcome, len(witnesses))
	var all sync.WaitGroup
	for i, w := range witnesses {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, c.timeout())
			defer cancel()
			ask := asking{c, w, signed, text, next, prove}
			sig, err := ask.run(ctx)
			if err != nil {
				outcomes[i] = Outcome{Witness: w.Name, Err: fmt.Errorf("witness %s: %w", w.Name, err)}
				return
			}
			lines[i] = fmt.Sprintf("— %s %s\n", sig.Name, sig.Base64)
			outcomes[i] = Outcome{Witness: w.Name, Time: cosignedAt(sig)}
		})
	}
	all.Wait()
	return append(bytes.Clone(signed), strings.Join(lines, "")...), outcomes, nil
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return Timeout
}

func (c *Client) client() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (c *Client) size(url string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sizes[url]
}

func (c *Client) remember(url string, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sizes == nil {
		c.sizes = make(map[string]int64)
	}
	c.sizes[url] = size
}

// asking is one checkpoint on its way to one witness.
type asking struct {
	client  *Client
	witness Endpoint
	signed  []byte
	text    []byte
	next    Checkpoint
	prove   Prove
}

// errFault marks what may be better the next time.
var errFault = errors.New("fault")

// run asks until there is an answer that will not change, maxAttempts times.
func (a asking) run(ctx context.Context) (note.Signature, error) {
	pause := firstPause
	var last error
	for range maxAttempts {
		old := a.client.size(a.witness.URL)
		sig, err := a.ask(ctx, old)
		var conflict *ConflictError
		switch {
		case err == nil:
			a.client.remember(a.witness.URL, a.next.Size)
			return sig, nil
		case errors.As(err, &conflict):
			a.client.remember(a.witness.URL, conflict.Size)
			if conflict.Size == old {
				return sig, ErrFork
			}
		case errors.Is(err, errFault):
			if wait(ctx, pause) != nil {
				return sig, fmt.Errorf("%w: %w", ErrMissing, err)
			}
			pause *= 2
		default:
			return sig, err
		}
		last = err
	}
	return note.Signature{}, fmt.Errorf("%w after %d attempts: %w", ErrMissing, maxAttempts, last)
}

func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (a asking) ask(ctx context.Context, old int64) (note.Signature, error) {
	var none note.Signature
	if old > a.next.Size {
		return none, fmt.Errorf("size %d: %w", old, ErrAhead)
	}
	request := Request{Old: old, Note: a.signed}
	if old > 0 && old < a.next.Size {
		proof, err := a.prove(ctx, old, a.next.Size)
		if err != nil {
			return none, fmt.Errorf("proof from %d: %w", old, err)
		}
		request.Proof = proof
	}
	status, kind, answer, err := a.post(ctx, request.Text())
	switch {
	case err != nil:
		return none, fmt.Errorf("%w: %w", errFault, err)
	case status == http.StatusOK:
		return a.cosignature(answer)
	case status == http.StatusConflict && kind == sizeType:
		size, ok := parseSize(strings.TrimSuffix(string(answer), "\n"))
		if !ok {
			return none, ErrAnswer
		}
		return none, &ConflictError{size}
	case status >= 500 || status == http.StatusTooManyRequests:
		return none, fmt.Errorf("%w: HTTP status %d", errFault, status)
	}
	return none, &RefusedError{status}
}

func (a asking) post(ctx context.Context, body []byte) (int, string, []byte, error) {
	url := strings.TrimSuffix(a.witness.URL, "/") + "/add-checkpoint"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	response, err := a.client.client().Do(request)
	if err != nil {
		return 0, "", nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxResponse))
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return response.StatusCode, kind, answer, err
}

// cosignature takes the witness's own signature out of its answer, and nothing
// else: what it says of other keys is ignored.
func (a asking) cosignature(answer []byte) (note.Signature, error) {
	together := append(append(bytes.Clone(a.text), '\n'), answer...)
	n, err := note.Open(together, note.VerifierList(a.witness.Key))
	if err != nil || n.Text != string(a.text) || cosignedAt(n.Sigs[0]).IsZero() {
		return note.Signature{}, ErrAnswer
	}
	return n.Sigs[0], nil
}
