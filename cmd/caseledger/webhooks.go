package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/cedar"
	"caseledger/adapters/feed"
	"caseledger/adapters/webhook"
	"caseledger/domain"
	"caseledger/domain/access"
)

// webhookDir is, in a data directory, where it is kept how far each
// subscription is.
const webhookDir = "webhooks"

const maxWebhookConfigBytes = 1 << 20

// What a subscription and a topic do, as accesses and policies name it.
const (
	webhookSend  = "webhook.send"
	kafkaPublish = "kafka.publish"
)

// account is a program that follows the ledger: what it may not open it is not
// told of.
func (a *app) account(by domain.Circumstances, action string, f *following, policies *cedar.Policies) feed.Account {
	return feed.Account{ID: by.Actor.ID, View: a.view, CatchUp: f.catchUp, May: func(id domain.RecordID) bool {
		return policies.Decide(cedar.Question{Caller: by.Actor.ID, Role: by.Actor.Role, Agency: by.Actor.Agency,
			Action: action, Record: string(id), Purpose: by.Authority.Purpose, Basis: by.Authority.Basis}).Allowed
	}}
}

// readWebhooks reads the file of --webhooks strictly; no file names nobody.
func readWebhooks(path string) (webhook.Config, error) {
	var c webhook.Config
	if path == "" {
		return c, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return c, notReadyError{fmt.Errorf("webhooks: %w", err)}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxWebhookConfigBytes+1))
	if err != nil {
		return c, notReadyError{fmt.Errorf("webhooks: %w", err)}
	}
	if len(text) > maxWebhookConfigBytes {
		return c, usageError{fmt.Errorf("webhooks: %s has more than %d bytes", path, maxWebhookConfigBytes)}
	}
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		return c, usageError{fmt.Errorf("webhooks: %s: %w", path, err)}
	}
	return c, nil
}

// hooks are the subscriptions that an open ledger tells.
type hooks struct {
	open    func(webhook.Config) ([]*webhook.Follower, error)
	changed chan webhook.Config // holds one that is to take the place of what is told now
	logger  *slog.Logger

	mu        sync.Mutex // held, too, while one reads up to where the others came
	followers []*webhook.Follower
}

func (a *app) openWebhooks(path string, f *following, callers *live, accesses *accesslog.Log, numbers *prometheus.Registry, logger *slog.Logger) (*hooks, error) {
	h := &hooks{changed: make(chan webhook.Config, 1), logger: logger}
	config, err := readWebhooks(path)
	if err != nil || path == "" {
		return h, err
	}
	as := func(to webhook.Subscription) domain.Circumstances {
		return domain.Circumstances{Actor: domain.Actor{ID: "webhook " + to.ID, Role: "webhook", Agency: "authority"}, Authority: domain.Authority{Basis: to.Basis, Purpose: to.Purpose}}
	}
	ledger := webhook.Ledger{Name: a.created.Ledger, Store: a.records.Ledger.Store, Held: feed.HeldIn(a.db, f.catchUp),
		Hides: func(ctx context.Context, to webhook.Subscription) (feed.Hides, error) {
			return a.account(as(to), webhookSend, f, callers.policies).Hides(ctx)
		},
		Release: func(ctx context.Context, to webhook.Subscription, records []domain.RecordID, rows int) error {
			by := as(to)
			told := access.Released{Dated: domain.Dated{Happened: a.records.Setting().Today}, Operation: webhookSend, Rows: rows}
			for _, id := range records {
				told.Records = append(told.Records, string(id))
			}
			return accesses.Record(ctx, by, told)
		}}
	h.open = func(c webhook.Config) ([]*webhook.Follower, error) {
		return webhook.New(c, ledger, filepath.Join(a.place.dir, webhookDir))
	}
	if h.followers, err = h.open(config); err != nil {
		return nil, usageError{err}
	}
	numbers.MustRegister(h)
	callers.also(func() (func(), error) {
		config, err := readWebhooks(path)
		if err == nil {
			_, err = h.open(config) // to see that it can be
		}
		return func() { h.change(config) }, err
	})
	return h, nil
}

// change has others told from now on; only who rereads the files calls it.
func (h *hooks) change(to webhook.Config) {
	select {
	case <-h.changed: // nobody has seen it yet
	default:
	}
	h.changed <- to
}

// now are the subscriptions of the moment.
func (h *hooks) now() []*webhook.Follower {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.followers
}

// run tells the subscriptions until ctx ends.
func (h *hooks) run(ctx context.Context) {
	for ctx.Err() == nil {
		telling, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		for _, f := range h.now() {
			all.Go(func() { f.Run(telling, h.told) })
		}
		select {
		case <-ctx.Done():
			stop()
			all.Wait()
		case config := <-h.changed:
			stop()
			all.Wait()
			h.replace(config)
		}
	}
}

// replace puts other subscriptions in the place of those that have stopped. They go
// on where those came to.
func (h *hooks) replace(config webhook.Config) {
	h.mu.Lock()
	defer h.mu.Unlock()
	followers, err := h.open(config)
	if err != nil {
		h.logger.Error("the webhooks stay as they were", "error", err.Error())
		return
	}
	h.followers = followers
}

// told logs why a subscription does not go on, and that it does again.
func (h *hooks) told(id string, err error) {
	if err != nil {
		h.logger.Error("webhook", "subscription", id, "error", err.Error())
		return
	}
	h.logger.Info("webhook", "subscription", id, "state", "goes on")
}

// What is measured of each subscription.
var (
	hookPosition = newHookDesc("position", "Up to where a subscription has been told.")
	hookParked   = newHookDesc("parked", "Notices that could not be delivered to a subscription.")
	hookTries    = newHookDesc("tries", "Calls of a subscription since the start, or since its file was last read.")
)

func newHookDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("caseledger_webhook_"+name, help, []string{"subscription"}, nil)
}

// Describe implements prometheus.Collector.
func (h *hooks) Describe(to chan<- *prometheus.Desc) {
	to <- hookPosition
	to <- hookParked
	to <- hookTries
}

// Collect implements prometheus.Collector.
func (h *hooks) Collect(to chan<- prometheus.Metric) {
	for _, f := range h.now() {
		s := f.Status()
		gauge := func(d *prometheus.Desc, value float64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, s.ID)
		}
		gauge(hookPosition, float64(s.Position))
		gauge(hookParked, float64(len(s.Parked)))
		gauge(hookTries, float64(s.Tries))
	}
}

// checks tell how each subscription is. A receiver that is away does not make
// the server unready.
func (h *hooks) checks() []checked {
	var all []checked
	for _, f := range h.now() {
		s := f.Status()
		seen := fmt.Sprintf("position %d, %d parked", s.Position, len(s.Parked))
		if s.Problem != "" {
			seen += "; it waits: " + s.Problem
		}
		all = append(all, checked{name: "webhook " + s.ID, seen: seen})
	}
	return all
}

// handle adds the admin's pages. A page of another origin in the admin's browser
// cannot replay anything.
func (h *hooks) handle(mux *http.ServeMux) {
	mux.HandleFunc("GET /webhooks", func(w http.ResponseWriter, _ *http.Request) {
		all := []webhook.Status{}
		for _, f := range h.now() {
			all = append(all, f.Status())
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.MarshalWrite(w, all, json.FormatNilSliceAsNull(false)); err != nil {
			h.logger.Error("webhook", "error", err.Error())
		}
	})
	mux.Handle("POST /webhooks/{id}/replay", http.NewCrossOriginProtection().Handler(http.HandlerFunc(h.replay)))
}

func (h *hooks) replay(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock() // what another subscription has read of its state, it would not hear of
	defer h.mu.Unlock()
	for _, f := range h.followers {
		if f.Status().ID != r.PathValue("id") {
			continue
		}
		n, err := f.Replay()
		if err != nil {
			h.logger.Error("webhook", "subscription", f.Status().ID, "error", err.Error())
			http.Error(w, "the replay could not be saved", http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, n)
		return
	}
	http.Error(w, "there is no such subscription", http.StatusNotFound)
}

func newWebhook(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:   "webhook",
		Short: "See how the webhooks of a running server are, and replay what is parked",
		Example: `  caseledger webhook list
  caseledger webhook replay case-app`,
	}, newWebhookList(to), newWebhookReplay(to))
}

func addAdmin(cmd *cobra.Command) *string {
	return cmd.Flags().String("admin", "http://127.0.0.1:8079", "where the server's pages for the admin are")
}

type webhookRow struct {
	ID       string `json:"id"`
	Position uint64 `json:"position"`
	Tries    uint64 `json:"tries"`
	Problem  string `json:"problem"`
	Parked   int    `json:"parked"`
}

func newWebhookList(to streams) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the subscriptions, and how much of each is parked", Example: "  caseledger webhook list --output csv", Args: exactly(0)}
	admin, output := addAdmin(cmd), addFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		text, err := askAdmin(cmd.Context(), http.MethodGet, *admin+"/webhooks")
		if err != nil {
			return err
		}
		var all []webhook.Status
		if err := json.Unmarshal(text, &all); err != nil {
			return err
		}
		rows := make([]webhookRow, len(all))
		for i, s := range all {
			rows[i] = webhookRow{ID: s.ID, Position: uint64(s.Position), Tries: s.Tries, Problem: s.Problem, Parked: len(s.Parked)}
		}
		return output.print(to.out, rows)
	}
	return cmd
}

func newWebhookReplay(to streams) *cobra.Command {
	cmd := &cobra.Command{Use: "replay ID", Short: "Try everything again that is parked for a subscription", Example: "  caseledger webhook replay case-app", Args: exactly(1)}
	admin := addAdmin(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := askAdmin(cmd.Context(), http.MethodPost, *admin+"/webhooks/"+args[0]+"/replay")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(to.out, "%s to be tried again\n", bytes.TrimSpace(text))
		return err
	}
	return cmd
}

// Limits on a question to the admin's pages.
const (
	adminTime     = 10 * time.Second
	maxAdminBytes = 64 << 20
)

// askAdmin asks a running server on this machine.
func askAdmin(ctx context.Context, method, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, adminTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return nil, usageError{errors.New("--admin is the address that the server prints: http://127.0.0.1:8079")}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, notReadyError{err}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAdminBytes))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers: %s", bytes.TrimSpace(text))
	}
	return text, nil
}
