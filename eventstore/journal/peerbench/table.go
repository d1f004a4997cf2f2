package main

import (
	"fmt"
	"io"
	"strings"

	"caseledger/eventstore/storebench"
)

// result is what one store reached with one number of writers.
type result struct {
	Store   string            `json:"store"`
	What    string            `json:"what"`
	Writers int               `json:"writers"`
	Rate    storebench.Number `json:"eventsPerSecond"` // median of the turns
	OfLimit storebench.Number `json:"ofBareLoop"`      // the rate in parts of that of the bare loop: the median of the turns
	Ahead   storebench.Number `json:"journalAhead"`    // how many times as fast the journal is: the median of the turns
}

// outcome makes results of the turns with so many writers. The first store is
// the journal; the bare loop comes before it.
func outcome(all []*contender, writers int, limits []float64) []result {
	ours := all[0].rates
	results := []result{{
		Store: "bare loop", What: "the limit: a bare loop that writes and syncs what the journal wrote", Writers: writers,
		Rate: storebench.Number(storebench.Median(limits)), OfLimit: 1, Ahead: ratio(ours, limits),
	}}
	for _, c := range all {
		results = append(results, result{
			Store: c.name, What: c.what, Writers: writers,
			Rate: storebench.Number(storebench.Median(c.rates)), OfLimit: ratio(c.rates, limits), Ahead: ratio(ours, c.rates),
		})
	}
	return results
}

// ratio is the median of the turns' ratios.
func ratio(a, b []float64) storebench.Number {
	var r storebench.Result
	r.Against(a, b)
	return r.Ratio
}

// printTable prints a Markdown table with a line for each store.
func printTable(out io.Writer, results []result) error {
	var b strings.Builder
	b.WriteString("| Events/s, and how many times as fast the journal is |")
	for _, n := range writerCounts {
		fmt.Fprintf(&b, " writers: %d |", n)
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(writerCounts)) + "|\n")
	stores := len(results) / len(writerCounts)
	for i := range stores {
		fmt.Fprintf(&b, "| %s |", results[i].What)
		for n := range writerCounts {
			r := results[n*stores+i]
			fmt.Fprintf(&b, " %s (%s) |", r.Rate, r.Ahead)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}
