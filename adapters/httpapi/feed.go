package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/domain/access"
	"caseledger/eventstore"
	"caseledger/schema"
)

// Feed is a page of notices.
type Feed struct {
	Notices []schema.Notice `json:"notices"`
	Next    uint64          `json:"next"` // the position to ask after
}

// feedScan bounds how many events one request looks at to fill a page.
const feedScan = 100_000

// chosen reports whether a request asks for an event.
func chosen(q query, e eventstore.Recorded) bool {
	name := schema.NameOf(e.Type)
	_, isRecord := schema.RecordOf(e.Stream)
	return isRecord && (q[eventType.name] == "" || q[eventType.name] == name) &&
		(q[ofPerson.name] == "" || e.Stream == "record-"+strings.TrimPrefix(q[ofPerson.name], "record-"))
}

// feed answers with the notices after a position. With wait it holds the
// request until there is one.
func (a *API) feed(ctx context.Context, r *request) (reply, error) {
	page := Feed{Next: r.query.number(after)}
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	h, err := a.hiddenFrom(ctx, r.caller)
	if err == nil {
		err = a.gather(ctx, r, h, &page)
	}
	if wait := time.Duration(r.query.number(wait)) * time.Second; err == nil && len(page.Notices) == 0 && wait > 0 {
		err = a.await(ctx, r, h, &page, wait)
	}
	return reply{body: page, release: &access.Released{Rows: len(page.Notices)}}, err
}

// gather fills a page from what is there.
func (a *API) gather(ctx context.Context, r *request, h hidden, page *Feed) error {
	seen := 0
	for e, err := range a.View.Records.Ledger.Store.ReadLog(ctx, eventstore.Position(page.Next)) {
		if err != nil {
			return err
		}
		if err := a.take(ctx, r, h, page, e); err != nil {
			return err
		}
		if seen++; len(page.Notices) == sizeOf(r.query) || seen == feedScan {
			return nil
		}
	}
	return nil
}

func (a *API) take(ctx context.Context, r *request, h hidden, page *Feed, e eventstore.Recorded) error {
	tells, hides, err := h.tells(ctx, r.query, e)
	if err != nil || hides {
		return err // nor does the place where the page ends tell of it
	}
	if page.Next = uint64(e.Position); !tells {
		return nil
	}
	n, err := schema.NoticeOf(a.Ledger, e)
	page.Notices = append(page.Notices, n)
	return err
}

// await waits for the next notice.
func (a *API) await(ctx context.Context, r *request, h hidden, page *Feed, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer context.AfterFunc(a.running, cancel)()
	for e, err := range a.View.Records.Ledger.Store.Follow(ctx, eventstore.Position(page.Next)) {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := a.take(ctx, r, h, page, e); err != nil || len(page.Notices) > 0 {
			return err
		}
	}
	return nil
}

// follow answers with a stream of notices that does not end.
func (a *API) follow(ctx context.Context, r *request) (reply, error) {
	if err := a.CatchUp(ctx); err != nil {
		return reply{}, err
	}
	h, err := a.hiddenFrom(ctx, r.caller)
	if err != nil {
		return reply{}, err
	}
	from := r.query.number(after)
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		if !between(last, 0, 1<<53) {
			return reply{}, problem(codeMalformed, Fault{Parameter: "Last-Event-ID", Rule: "integer"})
		}
		n, err := strconv.ParseUint(last, 10, 64)
		if err != nil {
			return reply{}, problem(codeMalformed, Fault{Parameter: "Last-Event-ID", Rule: "integer"})
		}
		from = n
	}
	return reply{release: &access.Released{View: "stream"}, stream: func(ctx context.Context, w http.ResponseWriter) {
		select {
		case a.followers <- struct{}{}:
			defer func() { <-a.followers }()
		default:
			writeProblem(w, r.Request, problem(codeBusy))
			return
		}
		a.metrics.follow.Inc()
		defer a.metrics.follow.Dec()
		a.send(ctx, w, r, h, eventstore.Position(from))
	}}, nil
}

// send writes server-sent events until the client goes, the server shuts down
// or the ledger cannot be read; the client comes back with Last-Event-ID.
func (a *API) send(ctx context.Context, w http.ResponseWriter, r *request, h hidden, from eventstore.Position) {
	ctx, cancel := context.WithCancel(ctx)
	defer context.AfterFunc(a.running, cancel)()
	lines := make(chan []byte)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.produce(ctx, r, h, from, lines)
	}()
	defer func() { cancel(); <-ended }()
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	out := http.NewResponseController(w)
	for line := []byte(": following\n\n"); ; {
		// A client that does not read is given up.
		if err := out.SetWriteDeadline(time.Now().Add(streamWriteLimit)); err != nil {
			return
		}
		if _, err := w.Write(line); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case line = <-lines:
		case <-beat.C:
			line = []byte(": still here\n\n")
		case <-ended:
			return
		}
	}
}

// produce writes the text of each notice to lines until ctx ends.
func (a *API) produce(ctx context.Context, r *request, h hidden, from eventstore.Position, lines chan<- []byte) {
	for e, err := range a.View.Records.Ledger.Store.Follow(ctx, from) {
		if err != nil {
			return
		}
		tells, _, err := h.tells(ctx, r.query, e)
		if err != nil {
			return
		}
		if !tells {
			continue
		}
		n, err := schema.NoticeOf(a.Ledger, e)
		if err != nil {
			return
		}
		text, err := json.Marshal(n)
		if err != nil {
			return
		}
		select {
		case lines <- fmt.Appendf(nil, "id: %d\nevent: notice\ndata: %s\n\n", n.Position, text):
		case <-ctx.Done():
			return
		}
	}
}
