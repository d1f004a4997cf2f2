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
	followers []*webhook.Follower
	logger    *slog.Logger
}

func (a *app) openWebhooks(path string, f *following, policies *cedar.Policies, accesses *accesslog.Log, numbers *prometheus.Registry, logger *slog.Logger) (*hooks, error) {
	h := &hooks{logger: logger}
	config, err := readWebhooks(path)
	if err != nil || path == "" {
		return h, err
	}
	as := func(to webhook.Subscription) domain.Circumstances {
		return domain.Circumstances{Actor: domain.Actor{ID: "webhook " + to.ID, Role: "webhook", Agency: "authority"}, Authority: domain.Authority{Basis: to.Basis, Purpose: to.Purpose}}
	}
	ledger := webhook.Ledger{Name: a.created.Ledger, Store: a.records.Ledger.Store, Held: feed.HeldIn(a.db, f.catchUp),
		Hides: func(ctx context.Context, to webhook.Subscription) (feed.Hides, error) {
			return a.account(as(to), webhookSend, f, policies).Hides(ctx)
		},
		Release: func(ctx context.Context, to webhook.Subscription, records []domain.RecordID, rows int) error {
			by := as(to)
			told := access.Released{Dated: domain.Dated{Happened: a.records.Setting().Today}, Operation: webhookSend, Rows: rows}
			for _, id := range records {
				told.Records = append(told.Records, string(id))
			}
			return accesses.Record(ctx, by, told)
		}}
	if h.followers, err = webhook.New(config, ledger, filepath.Join(a.place.dir, webhookDir)); err != nil {
		return nil, usageError{err}
	}
	for _, f := range h.followers {
		of := prometheus.Labels{"subscription": f.Status().ID}
		gauge := func(name, help string, value func(webhook.Status) float64) {
			numbers.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: of}, func() float64 { return value(f.Status()) }))
		}
		gauge("caseledger_webhook_position", "Up to where a subscription has been told.", func(s webhook.Status) float64 { return float64(s.Position) })
		gauge("caseledger_webhook_parked", "Notices that could not be delivered to a subscription.", func(s webhook.Status) float64 { return float64(len(s.Parked)) })
		gauge("caseledger_webhook_tries", "Calls of a subscription since the start.", func(s webhook.Status) float64 { return float64(s.Tries) })
	}
	return h, nil
}

// run tells the subscriptions until ctx ends.
func (h *hooks) run(ctx context.Context) {
	var working sync.WaitGroup
	for _, f := range h.followers {
		working.Go(func() {
			f.Run(ctx, func(id string, err error) {
				if err != nil {
					h.logger.Error("webhook", "subscription", id, "error", err.Error())
					return
				}
				h.logger.Info("webhook", "subscription", id, "state", "goes on")
			})
		})
	}
	working.Wait()
}

// checks tell how each subscription is. A receiver that is away does not make
// the server unready.
func (h *hooks) checks() []checked {
	var all []checked
	for _, f := range h.followers {
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
		for _, f := range h.followers {
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
