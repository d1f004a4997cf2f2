package esdbgrpc

import (
	"context"
	"errors"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"

	"caseledger/eventstore"
)

// streamsService answers the calls on streams.
type streamsService struct {
	streams.UnimplementedStreamsServer
	*Server
}

// expectation is what a caller states about a stream.
type expectation int

const (
	exactly expectation = iota
	noStream
	anything
	exists
)

// expected is an expectation, with its revision when that is exact.
type expected struct {
	expectation
	revision uint64
}

// after is the revision of a store that an exact expectation means. The
// largest number stands for no stream.
func (x expected) after() (eventstore.Revision, bool) {
	if x.expectation == exactly {
		return eventstore.Revision(x.revision + 1), true
	}
	return 0, x.expectation == noStream
}

// wrongVersion says that a stream was not where the caller expected it.
type wrongVersion struct {
	stream string
	want   expected
	head   uint64 // number of events
	final  bool   // trying again does not help
}

func (w *wrongVersion) Error() string { return "the stream is not at the expected revision" }

// appended is what became of an append: the last event's number and position.
type appended struct{ number, position uint64 }

// proposal is an append as the protocol hands it over, event by event.
type proposal struct {
	place
	want    expected
	events  []eventstore.Event
	content []string
	bytes   int
}

// add takes one more event, and copies nothing: the message is its own.
func (p *proposal) add(id *shared.UUID, properties map[string]string, metadata, data []byte) error {
	p.bytes += len(metadata) + len(data)
	if len(p.events) >= eventstore.MaxAppendEvents || p.bytes > eventstore.MaxAppendBytes {
		return tooLarge()
	}
	e := eventstore.Event{Type: properties["type"], Metadata: metadata, Data: data}
	var err error
	if e.ID, err = idOf(id); err != nil {
		return err
	}
	for _, property := range []string{"type", "content-type"} {
		if properties[property] == "" {
			return refusal(codes.InvalidArgument, "an event lacks the metadata property "+property,
				"exception", "missing-required-metadata-property", "missing-required-metadata-property", property)
		}
	}
	p.events, p.content = append(p.events, e), append(p.content, properties["content-type"])
	return nil
}

func (s streamsService) Append(stream streams.Streams_AppendServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	if options == nil {
		return invalid("an append begins with its options")
	}
	p, err := s.propose(stream.Context(), string(options.GetStreamIdentifier().GetStreamName()), expectedOf(options))
	if err != nil {
		return err
	}
	if err := p.receive(stream); err != nil {
		return err
	}
	done, err := s.append(stream.Context(), p)
	var wrong *wrongVersion
	if errors.As(err, &wrong) {
		return stream.SendAndClose(wrong.response())
	}
	if err != nil {
		return err
	}
	return stream.SendAndClose(done.response())
}

func expectedOf(o *streams.AppendReq_Options) expected {
	switch x := o.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_Revision:
		return expected{exactly, x.Revision}
	case *streams.AppendReq_Options_NoStream:
		return expected{expectation: noStream}
	case *streams.AppendReq_Options_StreamExists:
		return expected{expectation: exists}
	}
	return expected{expectation: anything}
}

// propose begins an append once the caller may do it.
func (s *Server) propose(ctx context.Context, stream string, want expected) (*proposal, error) {
	if err := allowed(ctx, Write, stream); err != nil {
		return nil, err
	}
	p, err := s.place(stream)
	if err != nil {
		return nil, err
	}
	return &proposal{place: p, want: want}, nil
}

func (p *proposal) receive(stream streams.Streams_AppendServer) error {
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e := m.GetProposedMessage()
		if e == nil {
			return invalid("an append's options come once")
		}
		if err := p.add(e.GetId(), e.GetMetadata(), e.GetCustomMetadata(), e.GetData()); err != nil {
			return err
		}
	}
}

// append does what was proposed.
func (s *Server) append(ctx context.Context, p *proposal) (appended, error) {
	switch p.kind {
	case ledger:
		return s.appendSealed(ctx, p)
	case scratch:
		return s.appendScratch(ctx, p)
	case view:
		return appended{}, denied("this stream is computed from the log: it is only read")
	}
	if isSystem(p.name) {
		return appended{}, keptForEver()
	}
	return appended{}, invalid("a stream's name is 1 to 200 characters of a-z A-Z 0-9 . _ -")
}

// appendSealed appends to a stream of the ledger.
func (s *Server) appendSealed(ctx context.Context, p *proposal) (appended, error) {
	after, stated := p.want.after()
	if !stated {
		return appended{}, invalid("an append to a ledger states the revision that it was decided on, or no stream")
	}
	for _, content := range p.content {
		if content != sealedContent {
			return appended{}, invalid("a ledger holds sealed events: their content type is " + sealedContent)
		}
	}
	if err := eventstore.Check(p.at, p.events); err != nil {
		return appended{}, err
	}
	if s.opts.Admit != nil {
		if err := s.opts.Admit(p.at, after, p.events); err != nil {
			return appended{}, invalid("the append is no continuation of the ledger")
		}
	}
	return s.appendAt(ctx, p, after, p.events)
}

// appendAt appends at a revision and translates the answer.
func (s *Server) appendAt(ctx context.Context, p *proposal, after eventstore.Revision, events []eventstore.Event) (appended, error) {
	position, err := s.store.Append(ctx, p.at, after, events)
	var conflict *eventstore.ConflictError
	if errors.As(err, &conflict) {
		return appended{}, &wrongVersion{stream: p.name, want: p.want, head: uint64(conflict.Actual)}
	}
	if err != nil {
		return appended{}, err
	}
	return appended{number: uint64(after) + uint64(len(events)) - 1, position: uint64(position)}, nil
}

func (a appended) response() *streams.AppendResp {
	return &streams.AppendResp{Result: &streams.AppendResp_Success_{Success: &streams.AppendResp_Success{
		CurrentRevisionOption: &streams.AppendResp_Success_CurrentRevision{CurrentRevision: a.number},
		PositionOption: &streams.AppendResp_Success_Position{
			Position: &streams.AppendResp_Position{CommitPosition: a.position, PreparePosition: a.position},
		},
	}}}
}

// response is a success of gRPC that says what the append failed on, in the
// members of old and new clients.
func (w *wrongVersion) response() *streams.AppendResp {
	m := &streams.AppendResp_WrongExpectedVersion{}
	if w.head == 0 {
		m.CurrentRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_NoStream_20_6_0{NoStream_20_6_0: &shared.Empty{}}
		m.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &shared.Empty{}}
	} else {
		m.CurrentRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{CurrentRevision_20_6_0: w.head - 1}
		m.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: w.head - 1}
	}
	switch w.want.expectation {
	case exactly:
		m.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: w.want.revision}
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: w.want.revision}
	case noStream: // the old member has no word for it
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &shared.Empty{}}
	case exists:
		m.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_StreamExists_20_6_0{StreamExists_20_6_0: &shared.Empty{}}
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &shared.Empty{}}
	case anything:
		m.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_Any_20_6_0{Any_20_6_0: &shared.Empty{}}
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: &shared.Empty{}}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: m}}
}
