package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/spf13/cobra"

	"caseledger/adapters/binder"
	"caseledger/adapters/paper"
	"caseledger/domain"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/seal"
)

// maxBundleBytes bounds a PDF that is checked or verified.
const maxBundleBytes = 1 << 30

// readManifest reads what stands where in a bundle, "" for none.
func readManifest(path string) (*binder.Manifest, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var m binder.Manifest
	if err := json.Unmarshal(text, &m, json.RejectUnknownMembers(true)); err != nil {
		return nil, usageError{fmt.Errorf("%s is no manifest of a bundle", path)}
	}
	return &m, nil
}

func readBundle(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxBundleBytes {
		return nil, usageError{fmt.Errorf("%s has more than %d bytes", path, maxBundleBytes)}
	}
	return os.ReadFile(path)
}

func newBundleCheck(to streams) *cobra.Command {
	var on domain.Date
	var manifest, permission string
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Say of each rule for bundles whether a PDF keeps it, and on which pages not",
		Long: `Check reads any PDF, whoever made it, and says of each rule of the practice direction
in force whether the file keeps it, with the source of the rule and the pages that
break it. It exits with 3 where one is broken.`,
		Example: "  caseledger bundle check filed/b1-court.pdf --manifest filed/b1-court.json",
		Args:    exactly(1),
	}
	output := addFormat(cmd)
	cmd.Flags().Var(dateFlag{&on}, "on", "by the rules in force on this day; today's if not given")
	cmd.Flags().StringVar(&manifest, "manifest", "", "the manifest beside the file: without it nobody can tell which pages came late")
	cmd.Flags().StringVar(&permission, "permission", "", "the order that allows more pages than the limit")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if on.IsZero() {
			on = domain.DateOf(time.Now())
		}
		rules, err := binder.RulesOn(on)
		if err != nil {
			return usageError{err}
		}
		m, err := readManifest(manifest)
		if err != nil {
			return err
		}
		file, err := readBundle(args[0])
		if err != nil {
			return err
		}
		findings, err := binder.Check(cmd.Context(), file, rules, binder.Given{Permission: permission, Manifest: m})
		if err != nil {
			return verifyError{err}
		}
		if err := output.print(to.out, findings); err != nil {
			return err
		}
		if slices.ContainsFunc(findings, func(f binder.Finding) bool { return f.Result == binder.Fail }) {
			return verifyError{fmt.Errorf("the file breaks rules of %s", rules.Title)}
		}
		return nil
	}
	return cmd
}

// insideRow is what was found of one evidence package inside a bundle.
type insideRow struct {
	Package string `json:"package"`
	Verdict string `json:"verdict"`
	Record  string `json:"record"`
	Entries int    `json:"entries"`
	Head    string `json:"head"`
}

func newBundleVerify(to streams) *cobra.Command {
	var verifier verifierFlags
	var manifest string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Verify the evidence packages inside the PDF of a bundle, and that its pages tell of their entries",
		Long: `Verify takes the evidence packages out of a bundle and verifies each, as 'caseledger
verify' does: it needs no ledger, server or network, only the public keys of the log,
which must come from elsewhere than the bundle. With the manifest it checks that the
pages have the labels it states, and that every entry named on a page is an entry of
a package. It exits with 3 when anything does not hold.`,
		Example: "  caseledger bundle verify filed/b1-court.pdf --manifest filed/b1-court.json --keys anytown.keys",
		Args:    exactly(1),
	}
	output := addFormat(cmd)
	verifier.add(cmd)
	cmd.Flags().StringVar(&manifest, "manifest", "", "the manifest beside the file")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if verifier.keys == "" {
			return usageError{errors.New("--keys is required: the log's public keys, from elsewhere than the bundle")}
		}
		m, err := readManifest(manifest)
		if err != nil {
			return err
		}
		file, err := readBundle(args[0])
		if err != nil {
			return err
		}
		trust, err := verifier.trust()
		if err != nil {
			return err
		}
		rows, leaves, err := inside(file, trust)
		if err != nil {
			return err
		}
		if err := output.print(to.out, rows); err != nil {
			return err
		}
		for _, row := range rows {
			if row.Verdict != string(evidence.Valid) && row.Verdict != string(evidence.Redacted) {
				return verifyError{fmt.Errorf("%s inside the bundle does not verify: %s", row.Package, row.Verdict)}
			}
		}
		return fits(cmd.Context(), file, m, leaves)
	}
	return cmd
}

// inside verifies the packages inside a PDF, and returns how the leaves of their
// entries begin.
func inside(file []byte, trust evidence.Trust) ([]insideRow, map[string]bool, error) {
	attached, err := api.ExtractAttachmentsRaw(bytes.NewReader(file), "", nil, model.NewDefaultConfiguration())
	if err != nil {
		return nil, nil, verifyError{errors.New("the file is no PDF whose attached files can be read")}
	}
	var rows []insideRow
	leaves := make(map[string]bool)
	for _, a := range attached {
		if !strings.HasPrefix(a.FileName, "evidence-") {
			continue
		}
		var content bytes.Buffer
		if _, err := content.ReadFrom(a); err != nil {
			return nil, nil, verifyError{fmt.Errorf("%s cannot be taken out of the bundle", a.FileName)}
		}
		report, err := evidence.Verify(bytes.NewReader(content.Bytes()), int64(content.Len()), trust)
		if err != nil {
			return nil, nil, verifyError{fmt.Errorf("%s: %w", a.FileName, err)}
		}
		verdict := string(report.Overall)
		rows = append(rows, insideRow{a.FileName, verdict, report.Record, len(report.Entries), report.Head})
		if err := leavesOf(content.Bytes(), leaves); err != nil {
			return nil, nil, err
		}
	}
	if len(rows) == 0 {
		return nil, nil, verifyError{errors.New("no evidence package is inside the file")}
	}
	return rows, leaves, nil
}

// leavesOf adds how the leaves in a package that was verified begin.
func leavesOf(content []byte, to map[string]bool) error {
	files, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return verifyError{err}
	}
	for _, f := range files.File {
		if !strings.HasSuffix(f.Name, ".leaf") {
			continue
		}
		text, err := fs.ReadFile(files, f.Name)
		if err != nil {
			return verifyError{err}
		}
		leaf, err := seal.ParseLeaf(text)
		if err != nil {
			return verifyError{err}
		}
		hash := seal.HashLeaf(text)
		to[fmt.Sprintf("%d/%s", leaf.Seq, paper.LeafPrefix(hex.EncodeToString(hash[:])))] = true
	}
	return nil
}

// fits reports what a manifest says that the file or the packages do not.
func fits(ctx context.Context, file []byte, m *binder.Manifest, leaves map[string]bool) error {
	if m == nil {
		return nil
	}
	labels, err := binder.Labels(ctx, file)
	if err != nil {
		return verifyError{err}
	}
	if !slices.Equal(labels, m.Labels) {
		return verifyError{errors.New("the pages do not have the labels that the manifest states")}
	}
	for _, d := range m.Documents {
		for _, e := range d.Entries {
			if !leaves[fmt.Sprintf("%d/%s", e.Entry, e.Leaf)] {
				return verifyError{fmt.Errorf("page %s tells of entry %d, which is in no package under this leaf", strings.Join(e.Labels, ", "), e.Entry)}
			}
		}
	}
	return nil
}
