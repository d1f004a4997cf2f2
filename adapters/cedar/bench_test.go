package cedar

import "testing"

func BenchmarkADecision(b *testing.B) {
	p, err := Parse("policies.cedar", Default)
	if err != nil {
		b.Fatal(err)
	}
	q := Question{Caller: "sw-1", Role: "social-worker", Agency: "anytown", Teams: []string{"north"}, Action: "content.see", Content: "note.written", Record: "r1", Tie: "own", Purpose: "p"}
	b.ReportAllocs()
	for b.Loop() {
		p.Decide(q)
	}
}
