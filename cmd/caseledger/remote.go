package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"caseledger/adapters/client"
	"caseledger/projections"
)

// remote is a server that a command asks instead of opening a ledger.
type remote struct {
	server, tokenFile, purpose string
}

func addRemote(cmd *cobra.Command) *remote {
	r := &remote{}
	cmd.Flags().StringVar(&r.server, "server", os.Getenv("CASELEDGER_SERVER"), "ask this server instead of opening a ledger (also CASELEDGER_SERVER): https://ledger.anytown.example")
	cmd.Flags().StringVar(&r.tokenFile, "token-file", os.Getenv("CASELEDGER_TOKEN_FILE"), "file of the bearer token for it (also CASELEDGER_TOKEN_FILE)")
	if cmd.Flags().Lookup("purpose") == nil {
		cmd.Flags().StringVar(&r.purpose, "purpose", "", "for which purpose; only a server asks")
	}
	return r
}

// given reports whether a server is asked.
func (r *remote) given() bool { return r.server != "" }

const maxTokenBytes = 16 << 10

// client returns what asks the server, for a purpose and on a legal basis.
func (r *remote) client(purpose, basis string) (*client.Client, error) {
	if purpose == "" {
		return nil, usageError{errors.New("--purpose says why you ask the server")}
	}
	file, err := os.Open(r.tokenFile)
	if err != nil {
		return nil, notReadyError{fmt.Errorf("token: %w", err)}
	}
	defer file.Close()
	token, err := io.ReadAll(io.LimitReader(file, maxTokenBytes))
	if err != nil {
		return nil, notReadyError{fmt.Errorf("token: %w", err)}
	}
	return &client.Client{URL: r.server, Token: strings.TrimSpace(string(token)), Purpose: purpose, Basis: basis}, nil
}

// remoteAct is an act that a server performs.
type remoteAct struct {
	command, record, request, reason string
	revision, corrects               int64
}

// perform has the server perform any command by its name: an item of a bulk
// request is one.
func (r remoteAct) perform(ctx context.Context, c *client.Client, body map[string]any) (client.Done, error) {
	if r.corrects > 0 {
		return c.EntryCorrect(ctx, client.Act{Key: r.request, Revision: r.revision}, r.record, r.corrects, client.EntryCorrectQuery{},
			client.EntryCorrect{Reason: r.reason, Command: r.command, Body: body})
	}
	item := client.BulkPerformItems{Command: r.command, Record: r.record, Body: body}
	if r.record != "" {
		item.Revision = &r.revision
	}
	results, err := c.BulkPerform(ctx, client.Act{Key: r.request}, client.BulkPerformQuery{}, client.BulkPerform{Items: []client.BulkPerformItems{item}})
	if err != nil {
		return client.Done{}, err
	}
	if len(results.Results) != 1 {
		return client.Done{}, errors.New("the server answers something else")
	}
	one := results.Results[0]
	if one.Status >= 400 {
		return client.Done{}, problemOf(one.Problem)
	}
	return client.Done{Receipt: client.Receipt(one.Receipt)}, nil
}

// problemOf makes an error of what an item has.
func problemOf(of client.ResultsResultsProblem) error {
	p := &client.Problem{Type: of.Type, Title: of.Title, Status: of.Status, Code: of.Code, Revision: of.Revision}
	for _, f := range of.Faults {
		p.Faults = append(p.Faults, client.ProblemFaults(f))
	}
	return p
}

// remoteReceipt is what a server has recorded. Whether it was a repeat stands in
// the answer of a correction only.
type remoteReceipt struct {
	Record   string `json:"record"`
	Revision int64  `json:"revision"`
	Position int64  `json:"position"`
	Events   int64  `json:"events"`
}

// actRemotely reads the body of a command and has a server perform it.
func actRemotely(ctx context.Context, c *client.Client, one remoteAct, body io.Reader, to streams, output format) error {
	text, err := io.ReadAll(io.LimitReader(body, maxCommandBytes+1))
	if err != nil {
		return err
	}
	var members map[string]any
	if len(text) > maxCommandBytes || json.Unmarshal(text, &members) != nil {
		return usageError{errors.New("the body is not a JSON object, or too large")}
	}
	done, err := one.perform(ctx, c, members)
	if err != nil {
		return err
	}
	return output.print(to.out, []remoteReceipt{{done.Record, done.Revision, done.Position, done.Entries}})
}

// show prints what a record says, as the server gives it out.
func (r *remote) show(ctx context.Context, id string, at projections.Moment, to streams, output format) error {
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	facts, err := c.RecordRead(ctx, id, client.RecordReadQuery{KnownAt: knownText(at), TrueOn: at.On.String(), KnownEntry: int64(at.Entry)})
	if err != nil {
		return err
	}
	return output.print(to.out, facts.Facts)
}

// register prints the register, as the server gives it out.
func (r *remote) register(ctx context.Context, at projections.Moment, to streams, output format) error {
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	list, err := c.RegisterList(ctx, client.RegisterListQuery{KnownAt: knownText(at), TrueOn: at.On.String()})
	if err != nil {
		return err
	}
	return output.print(to.out, list.Rows)
}

// enquiryRow is what a server says of a number.
type enquiryRow struct {
	Known      bool   `json:"known"`
	OnRegister bool   `json:"onRegister"`
	Record     string `json:"record"`
	Kind       string `json:"kind"`
	Since      string `json:"since"`
	Worker     string `json:"worker"`
	Team       string `json:"team"`
}

// enquire prints whether the name of a child is on the register, as the server
// gives it out.
func (r *remote) enquire(ctx context.Context, kind, number string, to streams, output format) error {
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	answer, err := c.RegisterEnquire(ctx, client.RegisterEnquire{Kind: kind, Value: number})
	if err != nil {
		return err
	}
	rows := []enquiryRow{}
	for _, one := range answer.Rows {
		rows = append(rows, enquiryRow{answer.Known, answer.OnRegister, one.Record, one.Kind, one.From, one.Worker, one.Team})
	}
	if len(rows) == 0 {
		rows = append(rows, enquiryRow{Known: answer.Known, OnRegister: answer.OnRegister})
	}
	return output.print(to.out, rows)
}

// chronology prints the story of a record, as the server gives it out.
func (r *remote) chronology(ctx context.Context, id string, at projections.Moment, to streams, output format) error {
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	story, err := c.RecordChronology(ctx, id, client.RecordChronologyQuery{KnownAt: knownText(at), TrueOn: at.On.String(), KnownEntry: int64(at.Entry)})
	if err != nil {
		return err
	}
	return output.print(to.out, story.Rows)
}

// remotePage is how many rows a server is asked for at once.
const remotePage = 1_000

// pages gathers the rows of a list that a server gives out page by page.
func pages[R any](page func(cursor string) (rows []R, next string, err error)) ([]R, error) {
	rows := []R{}
	for cursor := ""; ; {
		some, next, err := page(cursor)
		if err != nil {
			return nil, err
		}
		if rows = append(rows, some...); next == "" {
			return rows, nil
		}
		cursor = next
	}
}

// caseload prints open work, as the server gives it out.
func (r *remote) caseload(ctx context.Context, f projections.CaseloadFilter, at projections.Moment, to streams, output format) error {
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	rows, err := pages(func(cursor string) ([]client.CaseloadRows, string, error) {
		page, err := c.CaseloadList(ctx, client.CaseloadListQuery{Worker: f.Worker, Team: f.Team, Kind: f.Kind, Unallocated: f.Unallocated, Overdue: f.Overdue,
			Limit: remotePage, KnownAt: knownText(at), TrueOn: at.On.String(), Cursor: cursor})
		return page.Rows, page.Next, err
	})
	if err != nil {
		return err
	}
	return output.print(to.out, rows)
}

// duties prints what is due and overdue, as the server gives it out.
func (r *remote) duties(ctx context.Context, f projections.DutyFilter, within int, at projections.Moment, to streams, output format) error {
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	rows, err := pages(func(cursor string) ([]client.DutiesRows, string, error) {
		page, err := c.DutyList(ctx, client.DutyListQuery{Worker: f.Worker, Team: f.Team, Unallocated: f.Unallocated, Overdue: f.Overdue, Within: int64(within),
			Limit: remotePage, KnownAt: knownText(at), TrueOn: at.On.String(), Cursor: cursor})
		return page.Rows, page.Next, err
	})
	if err != nil {
		return err
	}
	return output.print(to.out, rows)
}

// gaps prints the children whom nobody has seen for a while, as the server gives
// them out.
func (r *remote) gaps(ctx context.Context, f projections.GapFilter, at projections.Moment, to streams, output format) error {
	if f.Days < 1 {
		return usageError{errors.New("a server is asked for children who were not seen for at least one day: --days 0 needs the ledger")}
	}
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	rows, err := pages(func(cursor string) ([]client.GapsRows, string, error) {
		page, err := c.GapList(ctx, client.GapListQuery{Worker: f.Worker, Team: f.Team, Plan: f.Plan, Days: int64(f.Days), Alone: f.Alone,
			Limit: remotePage, KnownAt: knownText(at), TrueOn: at.On.String(), Cursor: cursor})
		return page.Rows, page.Next, err
	})
	if err != nil {
		return err
	}
	return output.print(to.out, rows)
}

// allocations prints who held which case, as the server gives it out.
func (r *remote) allocations(ctx context.Context, f projections.AllocationFilter, to streams, output format) error {
	c, err := r.client(r.purpose, "")
	if err != nil {
		return err
	}
	rows, err := pages(func(cursor string) ([]client.AllocationsRows, string, error) {
		page, err := c.AllocationList(ctx, client.AllocationListQuery{Worker: f.Worker, Team: f.Team, Record: string(f.Record), Open: f.Open, Limit: remotePage, Cursor: cursor})
		return page.Rows, page.Next, err
	})
	if err != nil {
		return err
	}
	return output.print(to.out, rows)
}

// knownText is a point of view as a parameter.
func knownText(at projections.Moment) string {
	if at.Known.IsZero() {
		return ""
	}
	return at.Known.UTC().Format(time.RFC3339Nano)
}

func newFeed(to streams) *cobra.Command {
	var query client.FeedFollowQuery
	var stay bool
	cmd := &cobra.Command{
		Use:   "feed",
		Short: "Print the notices of a server, one JSON object a line",
		Long: `Feed prints that something was recorded, and not what, as the server's feed has it:
one event of CloudEvents a line. With --follow it goes on until it is stopped.`,
		Example: "  caseledger feed --server https://ledger.anytown.example --token-file token --purpose integration --type referral.received --follow",
		Args:    exactly(0),
	}
	server := addRemote(cmd)
	cmd.Flags().Int64Var(&query.After, "after", 0, "only what was recorded after this position")
	cmd.Flags().StringArrayVar(&query.Type, "type", nil, "only events of this type; may be given again")
	cmd.Flags().StringVar(&query.Record, "record", "", "only what concerns this record")
	cmd.Flags().StringVar(&query.Team, "team", "", "only what stands in records of which this team holds a case")
	cmd.Flags().BoolVar(&stay, "follow", false, "go on with what is recorded from now on")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !server.given() {
			return usageError{errors.New("--server says whose feed")}
		}
		c, err := server.client(server.purpose, "")
		if err != nil {
			return err
		}
		if err := printFeed(cmd.Context(), c, &query, to); err != nil || !stay {
			return err
		}
		return followFeed(cmd.Context(), c, query, to)
	}
	return cmd
}

// printFeed prints what there is, and moves the query after it.
func printFeed(ctx context.Context, c *client.Client, query *client.FeedFollowQuery, to streams) error {
	for {
		page, err := c.FeedRead(ctx, client.FeedReadQuery{After: query.After, Type: query.Type, Record: query.Record, Team: query.Team})
		if err != nil {
			return err
		}
		for _, n := range page.Notices {
			if err := printLine(to, n); err != nil {
				return err
			}
		}
		if page.Next == query.After {
			return nil
		}
		query.After = page.Next
	}
}

// feedPause is how long it is until a stream that broke is asked for again.
const feedPause = time.Second

// followFeed prints what is recorded until ctx ends. A stream that breaks is
// gone on with where it was.
func followFeed(ctx context.Context, c *client.Client, query client.FeedFollowQuery, to streams) error {
	for ctx.Err() == nil {
		for n, err := range c.Follow(ctx, query) {
			var refused *client.Problem
			if errors.As(err, &refused) && refused.Status < 500 {
				return err
			}
			if err != nil {
				break
			}
			if err := printLine(to, n); err != nil {
				return err
			}
			if query.After, err = strconv.ParseInt(n.Position, 10, 64); err != nil {
				return fmt.Errorf("a notice without a position: %w", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(feedPause):
		}
	}
	return nil
}

func printLine(to streams, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to.out, "%s\n", text)
	return err
}
