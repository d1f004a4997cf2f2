package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"caseledger/adapters/asyncapi"
	"caseledger/adapters/httpapi"
	"caseledger/schema"
)

type typeRow struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Text    string `json:"text"`
}

func newSchema(to streams) *cobra.Command {
	return family(&cobra.Command{
		Use:     "schema",
		Short:   "Show the types of events and commands, and their JSON Schemas",
		Example: "  caseledger schema events\n  caseledger schema event protection-plan.registered\n  caseledger schema command referral.receive",
	}, newSchemaEvents(to), newSchemaCommands(to), newSchemaEvent(to), newSchemaCommand(to), newSchemaOpenAPI(to), newSchemaAsyncAPI(to))
}

func newSchemaEvents(to streams) *cobra.Command {
	cmd := &cobra.Command{Use: "events", Short: "List the types of events", Example: "  caseledger schema events --output csv", Args: exactly(0)}
	output := addFormat(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		var rows []typeRow
		for _, t := range schema.Events() {
			rows = append(rows, typeRow{t.Name, t.Version(), t.Text})
		}
		return output.print(to.out, rows)
	}
	return cmd
}

func newSchemaCommands(to streams) *cobra.Command {
	cmd := &cobra.Command{Use: "commands", Short: "List the commands", Example: "  caseledger schema commands", Args: exactly(0)}
	output := addFormat(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		type row struct {
			Name string `json:"name"`
			Path string `json:"path"`
			Text string `json:"text"`
		}
		var rows []row
		for _, c := range schema.Commands() {
			rows = append(rows, row{c.Name, c.Path, c.Text})
		}
		return output.print(to.out, rows)
	}
	return cmd
}

func newSchemaEvent(to streams) *cobra.Command {
	cmd := &cobra.Command{Use: "event NAME", Short: "Print the JSON Schema of an event's payload",
		Example: "  caseledger schema event referral.received", Args: exactly(1)}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		for _, t := range schema.Events() {
			if t.Name == args[0] {
				return printSchema(to, func() ([]byte, error) { return schema.EventSchema(t) })
			}
		}
		return usageError{fmt.Errorf("no event has this name; see 'caseledger schema events'")}
	}
	return cmd
}

func newSchemaCommand(to streams) *cobra.Command {
	cmd := &cobra.Command{Use: "command NAME", Short: "Print the JSON Schema of a command",
		Example: "  caseledger schema command referral.receive", Args: exactly(1)}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		for _, c := range schema.Commands() {
			if c.Name == args[0] {
				return printSchema(to, func() ([]byte, error) { return schema.CommandSchema(c) })
			}
		}
		return usageError{fmt.Errorf("no command has this name; see 'caseledger schema commands'")}
	}
	return cmd
}

func newSchemaOpenAPI(to streams) *cobra.Command {
	return &cobra.Command{Use: "openapi", Short: "Print the OpenAPI 3.1 description of the HTTP API", Example: "  caseledger schema openapi", Args: exactly(0),
		RunE: func(*cobra.Command, []string) error { return printSchema(to, httpapi.Document) }}
}

func newSchemaAsyncAPI(to streams) *cobra.Command {
	return &cobra.Command{Use: "asyncapi", Short: "Print the AsyncAPI 3.0 description of the feed, topics and webhooks", Example: "  caseledger schema asyncapi", Args: exactly(0),
		RunE: func(*cobra.Command, []string) error { return printSchema(to, asyncapi.Document) }}
}

func printSchema(to streams, of func() ([]byte, error)) error {
	text, err := of()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(to.out, string(text))
	return err
}
