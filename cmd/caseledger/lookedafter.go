package main

import (
	"context"

	"github.com/spf13/cobra"

	"caseledger/projections"
)

func newLookedAfter(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "looked-after",
		Short:   "Print the children who are looked after, and what is due for them",
		Example: "  caseledger looked-after\n  caseledger looked-after --true-on 2026-03-31 --output csv",
		Args:    exactly(0),
	}
	data, output, at := addData(cmd), addFormat(cmd), addMoment(cmd, "", "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *data, to, func(a *app) error {
			rows, err := a.lookedAfter(cmd.Context(), *at)
			if err != nil {
				return err
			}
			if err := output.print(to.out, rows); err != nil {
				return err
			}
			return footer(to, *output, "%d children are looked after%s.", len(rows), at)
		})
	}
	return cmd
}

func (a *app) lookedAfter(ctx context.Context, at projections.Moment) ([]projections.LookedAfterRow, error) {
	if at.IsNow() {
		return a.db.LookedAfter(ctx)
	}
	return a.db.LookedAfterAt(ctx, a.load, at.Known, at.On)
}
