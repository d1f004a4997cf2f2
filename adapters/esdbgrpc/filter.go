package esdbgrpc

import (
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/dlclark/regexp2"
)

// Limits of filters. Their expressions are .NET's, which can take for ever.
const (
	maxPrefixes     = 1_000
	maxExpression   = 4_096
	matchTime       = 50 * time.Millisecond
	defaultWindow   = 32
	maxCheckpointAt = 1 << 32 // events
)

// filter chooses events of the log by stream or type. Its zero value chooses
// all.
type filter struct {
	Stream     bool     `json:"stream,omitzero"` // else type
	Prefixes   []string `json:"prefixes,omitzero"`
	Expression string   `json:"expression,omitzero"`

	compiled *regexp2.Regexp
}

func (f *filter) compile() error {
	bytes := len(f.Expression)
	for _, prefix := range f.Prefixes {
		bytes += len(prefix)
	}
	if len(f.Prefixes) > maxPrefixes || len(f.Expression) > maxExpression || bytes > maxHeaderBytes {
		return invalid("the filter is too large")
	}
	if f.Expression == "" {
		return nil
	}
	compiled, err := regexp2.Compile(f.Expression, regexp2.None)
	if err != nil {
		return invalid("the filter's regular expression is not sound")
	}
	compiled.MatchTimeout = matchTime
	f.compiled = compiled
	return nil
}

func (f *filter) matches(e *event) (bool, error) {
	text := e.Type
	if f.Stream {
		text = e.name
	}
	for _, prefix := range f.Prefixes {
		if strings.HasPrefix(text, prefix) {
			return true, nil
		}
	}
	if f.compiled == nil {
		return len(f.Prefixes) == 0, nil
	}
	matched, err := f.compiled.MatchString(text)
	if err != nil {
		return false, invalid("the filter's regular expression takes too long")
	}
	return matched, nil
}

// filterOf reads a filter of a request; nil chooses all. every is after how
// many events a follower is told how far the server has looked.
func filterOf(o *streams.ReadReq_Options_FilterOptions) (f *filter, every uint64, err error) {
	if o == nil {
		return nil, 0, nil
	}
	f = &filter{}
	e := o.GetEventType()
	if f.Stream = o.GetStreamIdentifier() != nil; f.Stream {
		e = o.GetStreamIdentifier()
	}
	f.Prefixes, f.Expression = e.GetPrefix(), e.GetRegex()
	window := uint64(defaultWindow)
	if o.GetMax() > 0 {
		window = uint64(o.GetMax())
	}
	every = min(maxCheckpointAt, window*max(1, uint64(o.GetCheckpointIntervalMultiplier())))
	return f, every, f.compile()
}
