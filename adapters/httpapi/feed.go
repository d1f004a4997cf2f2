package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"caseledger/adapters/feed"
	"caseledger/domain"
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

// choice chooses the notices that a request asks for, without those that its
// caller may not be told of.
type choice struct {
	asked *feed.Choice
	hides feed.Hides
}

// takes reports whether an event is wanted, and whether it is hidden, wanted or
// not.
func (c *choice) takes(ctx context.Context, e eventstore.Recorded) (wanted, hides bool, err error) {
	if hides, err = c.hides(ctx, e); err != nil || hides {
		return false, hides, err
	}
	wanted, err = c.asked.Takes(ctx, e)
	return wanted, false, err
}

func (a *API) choice(ctx context.Context, r *request) (*choice, error) {
	f := feed.Filter{Record: domain.RecordID(strings.TrimPrefix(r.query[ofPerson.name], "record-")), Team: r.query[ofTeam.name]}
	if types := r.query[eventTypes.name]; types != "" {
		f.Types = strings.Split(types, ",")
	}
	hides, err := feed.Account{ID: r.caller.ID, View: a.View, CatchUp: a.CatchUp}.Hides(ctx)
	return &choice{feed.NewChoice(f, feed.HeldIn(a.View.DB, a.CatchUp)), hides}, err
}

// feed answers with the notices after a position. With wait it holds the
// request until there is one.
func (a *API) feed(ctx context.Context, r *request) (reply, error) {
	page := Feed{Next: r.query.number(after)}
	chosen, err := a.choice(ctx, r)
	if err != nil {
		return reply{}, err
	}
	err = a.gather(ctx, r, chosen, &page)
	if wait := time.Duration(r.query.number(wait)) * time.Second; err == nil && len(page.Notices) == 0 && wait > 0 {
		err = a.await(ctx, r, chosen, &page, wait)
	}
	out := reply{body: page, release: &access.Released{Rows: len(page.Notices)}}
	if accepts(r.Header, feed.BatchMediaType) {
		out.kind, out.body = feed.BatchMediaType, page.Notices
	}
	out.link = nextPage(r, page.Next)
	return out, err
}

// nextPage is the address of the page after this one, with the same filter.
func nextPage(r *request, next uint64) string {
	v := r.URL.Query()
	v.Set(after.name, strconv.FormatUint(next, 10))
	return "<" + r.op.path + "?" + v.Encode() + `>; rel="next"`
}

// gather fills a page from what is there.
func (a *API) gather(ctx context.Context, r *request, chosen *choice, page *Feed) error {
	seen := 0
	for e, err := range a.View.Records.Ledger.Store.ReadLog(ctx, eventstore.Position(page.Next)) {
		if err != nil {
			return err
		}
		if err := a.take(ctx, chosen, page, e); err != nil {
			return err
		}
		if seen++; len(page.Notices) == sizeOf(r.query) || seen == feedScan {
			return nil
		}
	}
	return nil
}

func (a *API) take(ctx context.Context, chosen *choice, page *Feed, e eventstore.Recorded) error {
	wanted, hides, err := chosen.takes(ctx, e)
	if err != nil || hides {
		return err // nor does the place where the page ends tell of it
	}
	if page.Next = uint64(e.Position); !wanted {
		return nil
	}
	n, err := schema.NoticeOf(a.Ledger, e)
	page.Notices = append(page.Notices, n)
	return err
}

// await waits for the next notice.
func (a *API) await(ctx context.Context, r *request, chosen *choice, page *Feed, patience time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer context.AfterFunc(a.running, cancel)()
	for e, err := range a.View.Records.Ledger.Store.Follow(waiting, eventstore.Position(page.Next)) {
		if waiting.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := a.take(ctx, chosen, page, e); err != nil || len(page.Notices) > 0 {
			return err
		}
	}
	return nil
}

// follow answers with a stream of notices that does not end.
func (a *API) follow(ctx context.Context, r *request) (reply, error) {
	chosen, err := a.choice(ctx, r)
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
		a.send(ctx, w, r.era, chosen, eventstore.Position(from))
	}}, nil
}
