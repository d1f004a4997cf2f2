package esdbgrpc

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"caseledger/eventstore"
)

// Limits of the appends that a BatchAppend call has begun and not ended.
const (
	maxOpenBatches = 64
	maxBatchTime   = time.Minute // that one append may take
)

// batches are the appends under way in one call.
type batches struct {
	streamsService
	ctx   context.Context
	open  map[eventstore.EventID]*batch
	bytes int // in all that are open
}

type batch struct {
	*proposal
	req      *streams.BatchAppendReq // the first: correlation and options
	deadline time.Duration
}

// BatchAppend appends to many streams in one call, one answer for each.
func (s streamsService) BatchAppend(stream streams.Streams_BatchAppendServer) error {
	if err := allowed(stream.Context(), Write, ""); err != nil {
		return err
	}
	b := &batches{streamsService: s, ctx: stream.Context(), open: make(map[eventstore.EventID]*batch)}
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err := errors.Join(err, b.ctx.Err()); err != nil {
			return err
		}
		answer, err := b.take(req)
		if err != nil {
			return err
		}
		if answer == nil {
			continue
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

// take adds a message to its append, and answers when that is complete or
// refused. Its error ends the call.
func (b *batches) take(req *streams.BatchAppendReq) (*streams.BatchAppendResp, error) {
	id, err := idOf(req.GetCorrelationId())
	if err != nil {
		return nil, err
	}
	one := b.open[id]
	if one == nil {
		if one, err = b.begin(req); err != nil {
			return b.answer(&batch{req: req}, appended{}, err), nil
		}
		if len(b.open) >= maxOpenBatches {
			return nil, exhausted("appends at once in one call")
		}
		b.open[id] = one
	}
	before := one.bytes
	err = one.take(req)
	if b.bytes += one.bytes - before; b.bytes > 2*eventstore.MaxAppendBytes {
		return nil, exhausted("bytes at once in one call")
	}
	if err == nil && !req.GetIsFinal() {
		return nil, nil
	}
	delete(b.open, id)
	b.bytes -= one.bytes
	var done appended
	if err == nil {
		done, err = b.do(one)
	}
	return b.answer(one, done, err), nil
}

func (b *batches) begin(req *streams.BatchAppendReq) (*batch, error) {
	o := req.GetOptions()
	if o == nil {
		return nil, invalid("an append begins with its options")
	}
	want := expected{expectation: anything}
	switch x := o.GetExpectedStreamPosition().(type) {
	case *streams.BatchAppendReq_Options_StreamPosition:
		want = expected{exactly, x.StreamPosition}
	case *streams.BatchAppendReq_Options_NoStream:
		want.expectation = noStream
	case *streams.BatchAppendReq_Options_StreamExists:
		want.expectation = exists
	}
	p, err := b.propose(b.ctx, string(o.GetStreamIdentifier().GetStreamName()), want)
	deadline := maxBatchTime
	if d := o.GetDeadline(); d != nil {
		deadline = min(deadline, d.AsDuration())
	}
	if t := o.GetDeadline_21_10_0(); t != nil {
		deadline = min(deadline, time.Until(t.AsTime()))
	}
	return &batch{p, req, deadline}, err
}

func (b *batch) take(req *streams.BatchAppendReq) error {
	for _, e := range req.GetProposedMessages() {
		if err := b.add(e.GetId(), e.GetMetadata(), e.GetCustomMetadata(), e.GetData()); err != nil {
			return err
		}
	}
	return nil
}

func (b *batches) do(one *batch) (appended, error) {
	ctx, cancel := context.WithTimeout(b.ctx, one.deadline)
	defer cancel()
	return b.append(ctx, one.proposal)
}

func (b *batches) answer(one *batch, done appended, err error) *streams.BatchAppendResp {
	o := one.req.GetOptions()
	answer := &streams.BatchAppendResp{CorrelationId: one.req.GetCorrelationId(), StreamIdentifier: o.GetStreamIdentifier()}
	switch x := o.GetExpectedStreamPosition().(type) {
	case *streams.BatchAppendReq_Options_StreamPosition:
		answer.ExpectedStreamPosition = &streams.BatchAppendResp_StreamPosition{StreamPosition: x.StreamPosition}
	case *streams.BatchAppendReq_Options_NoStream:
		answer.ExpectedStreamPosition = &streams.BatchAppendResp_NoStream{NoStream: &emptypb.Empty{}}
	case *streams.BatchAppendReq_Options_StreamExists:
		answer.ExpectedStreamPosition = &streams.BatchAppendResp_StreamExists{StreamExists: &emptypb.Empty{}}
	default:
		answer.ExpectedStreamPosition = &streams.BatchAppendResp_Any{Any: &emptypb.Empty{}}
	}
	if err != nil {
		answer.Result = &streams.BatchAppendResp_Error{Error: b.failed(err)}
		return answer
	}
	answer.Result = &streams.BatchAppendResp_Success_{Success: &streams.BatchAppendResp_Success{
		CurrentRevisionOption: &streams.BatchAppendResp_Success_CurrentRevision{CurrentRevision: done.number},
		PositionOption: &streams.BatchAppendResp_Success_Position{
			Position: &shared.AllStreamPosition{CommitPosition: done.position, PreparePosition: done.position},
		},
	}}
	return answer
}

// failed is an error as BatchAppend tells it: a status with one detail.
func (b *batches) failed(err error) *rpcstatus.Status {
	code, message, detail := codes.Unknown, "", proto.Message(nil)
	var wrong *wrongVersion
	var f *failure
	switch {
	case errors.As(err, &wrong):
		code, message, detail = codes.FailedPrecondition, wrong.Error(), wrong.detail()
	case errors.Is(err, context.DeadlineExceeded):
		code, message, detail = codes.DeadlineExceeded, "the append's time is over", &shared.Timeout{}
	case errors.As(err, &f):
		code, message, detail = f.code, f.message, f.detail()
	default:
		st := status.Convert(b.finish(b.ctx, err))
		code, message, detail = st.Code(), st.Message(), &shared.Unknown{}
		if code == codes.InvalidArgument {
			detail = &shared.BadRequest{Message: message}
		}
	}
	packed, err := anypb.New(detail)
	if err != nil {
		return &rpcstatus.Status{Code: int32(codes.Internal), Message: message}
	}
	return &rpcstatus.Status{Code: int32(code), Message: message, Details: []*anypb.Any{packed}}
}

func (f *failure) detail() proto.Message {
	kind := ""
	if len(f.trailers) > 1 {
		kind = f.trailers[1]
	}
	switch kind {
	case "access-denied":
		return &shared.AccessDenied{}
	case "stream-deleted":
		return &shared.StreamDeleted{StreamIdentifier: identifier(f.trailers[3])}
	case "maximum-append-size-exceeded":
		return &shared.MaximumAppendSizeExceeded{MaxAppendSize: eventstore.MaxAppendBytes}
	}
	return &shared.BadRequest{Message: f.message}
}

func (w *wrongVersion) detail() proto.Message {
	m := &shared.WrongExpectedVersion{}
	if w.head == 0 {
		m.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &emptypb.Empty{}}
	} else {
		m.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: w.head - 1}
	}
	switch w.want.expectation {
	case exactly:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: w.want.revision}
	case noStream:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &emptypb.Empty{}}
	case exists:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &emptypb.Empty{}}
	case anything:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedAny{ExpectedAny: &emptypb.Empty{}}
	}
	return m
}
