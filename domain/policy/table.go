package policy

import (
	"embed"
	"encoding/csv"
	"fmt"

	"caseledger/domain"
)

//go:embed data
var data embed.FS

// readTable reads an embedded CSV file: comment lines begin with #, the first
// row names the columns.
func readTable(name string) ([]map[string]string, error) {
	file, err := data.Open(name)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comment = '#'
	records, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("policy: %s: %w", name, err)
	}
	if len(records) < 2 {
		return nil, fmt.Errorf("policy: %s has no rows", name)
	}
	rows := make([]map[string]string, 0, len(records)-1)
	for _, record := range records[1:] {
		rows = append(rows, named(records[0], record))
	}
	return rows, nil
}

func named(columns, record []string) map[string]string {
	row := make(map[string]string, len(columns))
	for i, column := range columns {
		row[column] = record[i]
	}
	return row
}

// parsePeriod reads the columns from and until; empty is open.
func parsePeriod(row map[string]string) (from, until domain.Date, err error) {
	if err = from.UnmarshalText([]byte(row["from"])); err != nil {
		return from, until, fmt.Errorf("from: %w", err)
	}
	if err = until.UnmarshalText([]byte(row["until"])); err != nil {
		return from, until, fmt.Errorf("until: %w", err)
	}
	return from, until, nil
}

// must returns a value read from the embedded data. The data is part of the
// program and the tests read all of it, so an error is a fault of the build,
// never of input.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
