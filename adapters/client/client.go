// Package client is a typed client of the ledger's HTTP API. The operations and
// their types are generated from the API's own OpenAPI file; what stands here is
// how they are sent. It needs nothing but the standard library, caches nothing, and
// tries nothing again by itself: a repeat with the same key is for its caller to
// make, and always safe.
package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Limits on answers.
const (
	maxAnswerBytes = 256 << 20
	maxLineBytes   = 1 << 20 // of a stream
)

// Client asks one server for one caller.
type Client struct {
	URL     string // of the server: "https://ledger.anytown.example"
	Token   string // bearer token; "" where HTTP shows a certificate
	Purpose string // why the caller asks: recorded with every access and act
	Basis   string // on which legal basis the caller acts; only acts need it
	// HTTP makes the requests; http.DefaultClient if nil.
	HTTP *http.Client
}

// Act says under which key an act is performed, and on which revision it was
// decided.
type Act struct {
	Key      string // idempotency key: a repeat under it changes nothing
	Revision int64  // of the record as the caller saw it; 0 for one that is to be opened
}

// Done is what an act recorded.
type Done struct {
	Receipt
	Repeated bool // it had been performed before, under the same key
}

// Error returns the problem's code, and what is to be mended.
func (p *Problem) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d %s", p.Status, p.Code)
	for _, f := range p.Faults {
		fmt.Fprintf(&text, "; %s", strings.TrimSpace(strings.Join([]string{f.Pointer + f.Parameter, f.Rule, f.Reason}, " ")))
	}
	return text.String()
}

// call is one request.
type call struct {
	method, path string
	query        url.Values
	act          *Act // nil of what is no act
	body         any  // nil for none; bytes are sent as they are
}

func (c *Client) send(ctx context.Context, one call, header http.Header) (*http.Response, error) {
	var body io.Reader
	kind := "application/json"
	if file, is := one.body.([]byte); is {
		body, kind = bytes.NewReader(file), "application/octet-stream"
	} else if one.body != nil {
		text, err := json.Marshal(one.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	to := strings.TrimSuffix(c.URL, "/") + one.path
	if len(one.query) > 0 {
		to += "?" + one.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, one.method, to, body)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Purpose", c.Purpose)
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if one.body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if one.act != nil {
		req.Header.Set("Legal-Basis", c.Basis)
		req.Header.Set("Idempotency-Key", one.act.Key)
		if one.act.Revision > 0 {
			req.Header.Set("If-Match", strconv.Quote(strconv.FormatInt(one.act.Revision, 10)))
		}
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return nil, errors.Join(problemOf(res), res.Body.Close())
	}
	return res, nil
}

// problemOf reads why a request was not granted: a *Problem where the server
// says it.
func problemOf(res *http.Response) error {
	p := &Problem{}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes))
	if err != nil || json.Unmarshal(text, p) != nil || p.Code == "" {
		return fmt.Errorf("the server answers %s", res.Status)
	}
	return p
}

// do makes a request, and reads its answer into out. It reports whether the
// answer is one to a repeat.
func (c *Client) do(ctx context.Context, one call, out any) (bool, error) {
	res, err := c.send(ctx, one, nil)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	err = json.NewDecoder(io.LimitReader(res.Body, maxAnswerBytes)).Decode(out)
	return res.Header.Get("Idempotent-Replayed") == "true", err
}

// Follow yields the notices that the query chooses, as they are recorded, until
// ctx ends or the connection breaks. Whoever wants more asks again after the
// position of the last notice.
func (c *Client) Follow(ctx context.Context, query FeedFollowQuery) iter.Seq2[FeedNotices, error] {
	return func(yield func(FeedNotices, error) bool) {
		res, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/feed/stream", query: query.values()}, http.Header{"Accept": {"text/event-stream"}})
		if err != nil {
			yield(FeedNotices{}, err)
			return
		}
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, maxLineBytes)
		for lines.Scan() {
			data, is := strings.CutPrefix(lines.Text(), "data: ")
			if !is {
				continue
			}
			var n FeedNotices
			if err := json.Unmarshal([]byte(data), &n); err != nil || !yield(n, nil) {
				if err != nil {
					yield(n, err)
				}
				return
			}
		}
		err = lines.Err()
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		yield(FeedNotices{}, err)
	}
}

// set adds a parameter that is given.
func set[T comparable](to url.Values, name string, value T) {
	var none T
	if value != none {
		to.Set(name, fmt.Sprint(value))
	}
}
