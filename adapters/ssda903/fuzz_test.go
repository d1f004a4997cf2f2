package ssda903

import (
	"errors"
	"testing"

	"caseledger/domain/record"
)

func FuzzTable(f *testing.F) {
	for _, text := range []string{
		"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,01/02/2010,WBRI,,0,\n",
		"\xff\xfeC\x00H\x00I\x00L\x00D\x00",
		"Title\nCHILD;DECOM\n1;1/5/2025\n;\n",
		"CHILD\tREVIEW\r1\t\"2025-05-01\r",
		"CHILD,X\n\x00",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		g := gathering{contents: &contents{}, places: make(map[string]int)}
		var fault *Fault
		if err := g.read(&source{name: "header.csv"}, text); err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault of the file", err)
		}
		of := collection{2026}
		for _, c := range g.children {
			mapChild(of, "r", "p", record.Record{}, c)
		}
	})
}
