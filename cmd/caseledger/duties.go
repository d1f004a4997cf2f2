package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/eventstore"
	"caseledger/projections"
)

// today is the day of a question: that of the point of view, or today.
func (a *app) today(at projections.Moment) domain.Date {
	if at.On.IsZero() {
		return a.records.Setting().Today
	}
	return at.On
}

func newDuties(to streams) *cobra.Command {
	var filter projections.DutyFilter
	var within int
	cmd := &cobra.Command{
		Use:     "duties",
		Short:   "Print what is due and overdue, for whom, and by which rule",
		Example: "  caseledger duties --team protection-central --within 14\n  caseledger duties --overdue --true-on 2024-03-31 --output csv",
		Args:    exactly(0),
	}
	data, output, at, server := addData(cmd), addFormat(cmd), addMoment(cmd, "", ""), addRemote(cmd)
	flags := cmd.Flags()
	flags.StringVar(&filter.Worker, "worker", "", "only what this worker has to see to")
	flags.StringVar(&filter.Team, "team", "", "only what this team has to see to")
	flags.BoolVar(&filter.Unallocated, "unallocated", false, "only what nobody sees to")
	flags.BoolVar(&filter.Overdue, "overdue", false, "only what is overdue today, or on --true-on")
	flags.IntVar(&within, "within", 0, "only what is due within this many days")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if server.given() {
			return server.duties(cmd.Context(), filter, within, *at, to, *output)
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.view.Duties(cmd.Context(), filter, within, *at)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func newGaps(to streams) *cobra.Command {
	var filter projections.GapFilter
	cmd := &cobra.Command{
		Use:     "gaps",
		Short:   "Print the children with an open case whom nobody has seen for a while",
		Example: "  caseledger gaps --days 10 --plan protection-plan --alone",
		Args:    exactly(0),
	}
	data, output, at, server := addData(cmd), addFormat(cmd), addMoment(cmd, "", ""), addRemote(cmd)
	flags := cmd.Flags()
	flags.StringVar(&filter.Worker, "worker", "", "only the children of this worker")
	flags.StringVar(&filter.Team, "team", "", "only the children of this team")
	flags.StringVar(&filter.Plan, "plan", "", "only children with this: protection-plan, temporary-registration, cin-plan, private-fostering, none")
	flags.IntVar(&filter.Days, "days", 28, "not seen for this many days; 0 for every child with an open case")
	flags.BoolVar(&filter.Alone, "alone", false, "not seen alone")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if server.given() {
			return server.gaps(cmd.Context(), filter, *at, to, *output)
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.view.Gaps(cmd.Context(), filter, *at)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func newPerformance(to streams) *cobra.Command {
	var period projections.Period
	var behind string
	cmd := &cobra.Command{
		Use:   "performance",
		Short: "Print performance indicators for a period, or the cases behind one",
		Example: "  caseledger performance --from 2025-04-01 --to 2026-03-31\n" +
			"  caseledger performance --from 2025-04-01 --to 2026-03-31 --behind in-time-initial-conference --output csv",
		Args: exactly(0),
	}
	data, output, at := addData(cmd), addFormat(cmd), addMoment(cmd, "", "")
	cmd.Flags().Var(dateFlag{&period.From}, "from", "first day of the period; a year before its last when left out")
	cmd.Flags().Var(dateFlag{&period.To}, "to", "last day of the period; today, or --true-on, when left out")
	cmd.Flags().StringVar(&behind, "behind", "", "print the cases behind this indicator")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			all, err := a.performance(cmd.Context(), period, *at)
			if err != nil {
				return err
			}
			if behind == "" {
				return output.print(to.out, projections.Indicators(all))
			}
			rows := []projections.Evidence{}
			for _, e := range all {
				if e.Indicator == behind {
					rows = append(rows, e)
				}
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func (a *app) performance(ctx context.Context, p projections.Period, at projections.Moment) ([]projections.Evidence, error) {
	on := a.today(at)
	if p.To.IsZero() {
		p.To = on
	}
	if p.From.IsZero() {
		p.From = p.To.AddMonths(-12).AddDays(1)
	}
	if at.IsNow() {
		return a.db.Performance(ctx, p, on)
	}
	return a.db.PerformanceAt(ctx, a.load, at.Known, p, on)
}

func newWorkload(to streams) *cobra.Command {
	within := 7
	cmd := &cobra.Command{
		Use:     "workload",
		Short:   "Print how much each worker has to see to",
		Example: "  caseledger workload --within 14",
		Args:    exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	cmd.Flags().IntVar(&within, "within", within, "count what is due within this many days")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.db.Workload(cmd.Context(), a.records.Pack.Weight, a.records.Setting().Today, within)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

func newAllocations(to streams) *cobra.Command {
	var filter projections.AllocationFilter
	var name string
	cmd := &cobra.Command{
		Use:     "allocations",
		Short:   "Print who held which case from when to when",
		Example: "  caseledger allocations --record AT000001\n  caseledger allocations --worker sw-001 --open",
		Args:    exactly(0),
	}
	data, output, server := addData(cmd), addFormat(cmd), addRemote(cmd)
	flags := cmd.Flags()
	flags.StringVar(&name, "record", "", "only this record")
	flags.StringVar(&filter.Worker, "worker", "", "only this worker")
	flags.StringVar(&filter.Team, "team", "", "only this team")
	flags.BoolVar(&filter.Open, "open", false, "only cases that are held now")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if server.given() {
			filter.Record = domain.RecordID(name)
			return server.allocations(cmd.Context(), filter, to, *output)
		}
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			if name != "" {
				var err error
				if filter.Record, err = a.find(cmd.Context(), name); err != nil {
					return err
				}
			}
			rows, err := a.db.Allocations(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

// handover is what becomes of a worker's cases.
type handover struct {
	from, worker, team, reason string
	cover                      bool // while the worker is away
	until                      domain.Date
	by                         domain.Actor
	request                    string
}

func newHandOver(to streams) *cobra.Command {
	var h handover
	cmd := &cobra.Command{
		Use:   "hand-over",
		Short: "Give all cases of a worker to another, or have them covered for a while",
		Example: "  caseledger hand-over --from sw-001 --to sw-002 --team protection-central --reason left --actor mgr-01 --request h1\n" +
			"  caseledger hand-over --from sw-001 --to sw-002 --until 2026-08-14 --reason leave --actor mgr-01 --request h2",
		Args: exactly(0),
	}
	data, output := addData(cmd), addFormat(cmd)
	flags := cmd.Flags()
	flags.StringVar(&h.from, "from", "", "whose cases")
	flags.StringVar(&h.worker, "to", "", "who takes them, or covers")
	flags.StringVar(&h.team, "team", "", "the team of who takes them")
	flags.Var(dateFlag{&h.until}, "until", "only cover the cases, until this day")
	flags.StringVar(&h.reason, "reason", "", "why")
	flags.StringVar(&h.by.ID, "actor", "", "who acts")
	flags.StringVar(&h.request, "request", "", "idempotency key: a repeat with the same key changes nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			a.warn(to)
			h.cover = !h.until.IsZero()
			h.by.Role, h.by.Agency = "team-manager", "authority"
			rows, err := a.handOver(cmd.Context(), h)
			if err != nil {
				return err
			}
			return output.print(to.out, rows)
		})
	}
	return cmd
}

// handOver gives each case that the worker leads to another. Each case is an
// act of its own, so that one which a rule forbids does not stop the others;
// the same request goes on where it was interrupted.
func (a *app) handOver(ctx context.Context, h handover) ([]receiptRow, error) {
	if h.from == "" || h.request == "" {
		return nil, usageError{errors.New("--from and --request are needed")}
	}
	held, err := a.db.Allocations(ctx, projections.AllocationFilter{Worker: h.from, Open: true})
	if err != nil {
		return nil, err
	}
	rows := []receiptRow{}
	for _, one := range held {
		act := eventstore.Act{Request: h.request + "/" + string(one.Allocation), Actor: h.by,
			Authority: domain.Authority{Basis: "local-government-act-1972", Purpose: "allocation"}, Command: h.command(one, a.records.Setting().Today)}
		receipt, err := a.records.Do(ctx, one.Record, act)
		if err != nil {
			return rows, fmt.Errorf("record %s: %w", one.Record, err)
		}
		rows = append(rows, receiptRow{one.Record, receipt.Revision, receipt.Position, receipt.Events(), receipt.Repeated})
	}
	return rows, nil
}

func (h handover) command(one projections.AllocationRow, today domain.Date) any {
	dated := domain.Dated{Happened: today}
	if h.cover {
		return allocation.ArrangeCover{Dated: dated, Allocation: one.Allocation, Cover: h.worker, Until: h.until, Reason: h.reason}
	}
	sum := sha256.Sum256([]byte(h.request + "/" + string(one.Allocation)))
	return allocation.HandOver{Dated: dated, Allocation: allocation.ID(hex.EncodeToString(sum[:8])), From: one.Allocation, Worker: h.worker, Team: h.team, Reason: h.reason}
}
