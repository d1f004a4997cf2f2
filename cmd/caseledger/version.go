package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(to streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program and of what it was built with",
		Example: "  caseledger version",
		Args:    exactly(0),
	}
	cmd.RunE = func(*cobra.Command, []string) error {
		b := buildInfo()
		_, err := fmt.Fprintf(to.out, "caseledger %s, revision %s, %s %s/%s\n", b.version, b.revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	}
	return cmd
}

// build is what the program was built from.
type build struct{ version, revision string }

func buildInfo() build {
	b := build{"unknown", "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.version = info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.revision = s.Value
		}
	}
	return b
}
