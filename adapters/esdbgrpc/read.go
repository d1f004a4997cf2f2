package esdbgrpc

import (
	"context"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
)

// reader sends to one caller.
type reader struct {
	*Server
	ctx    context.Context
	stream streams.Streams_ReadServer
	sending
}

// release lets the events's content leave, in the form that Accessed says.
func (s *Server) release(ctx context.Context, e *event) error {
	if s.opts.Accessed == nil {
		return nil
	}
	shown, err := s.opts.Accessed(ctx, callerOf(ctx).name, e.Recorded)
	if err != nil {
		return refusal(codes.Unavailable, "the access could not be recorded")
	}
	e.Metadata, e.Data = shown.Metadata, shown.Data
	if !e.scratch {
		e.content = shown.ContentType
	}
	return nil
}

func (r *reader) event(e *event) error {
	if r.resolve || e.link == nil {
		if err := r.release(r.ctx, e); err != nil {
			return err
		}
	}
	return r.stream.SendMsg(r.message(e))
}

// Read reads and subscribes.
func (s streamsService) Read(req *streams.ReadReq, stream streams.Streams_ReadServer) error {
	o, ctx := req.GetOptions(), stream.Context()
	form := sending{resolve: o.GetResolveLinks(), asText: o.GetUuidOption().GetString_() != nil}
	r := &reader{s.Server, ctx, stream, form}
	name := string(o.GetStream().GetStreamIdentifier().GetStreamName())
	if err := allowed(ctx, Read, name); err != nil {
		return err
	}
	f, every, err := filterOf(o.GetFilter())
	if err != nil {
		return err
	}
	if o.GetSubscription() != nil {
		return r.subscribe(o, name, f, every)
	}
	if !s.reads.enter() {
		return exhausted("reads at once")
	}
	defer s.reads.leave()
	backwards := o.GetReadDirection() == streams.ReadReq_Options_Backwards
	if all := o.GetAll(); all != nil {
		return r.readLog(allPlace(all, backwards), backwards, o.GetCount(), f)
	}
	return r.readStream(name, o, backwards)
}

// span is where a read begins; none means that it ends at once.
type span struct {
	from uint64
	none bool
}

func allPlace(all *streams.ReadReq_Options_AllOptions, backwards bool) span {
	position, end := all.GetPosition().GetCommitPosition(), all.GetEnd() != nil
	switch {
	case all.GetStart() != nil:
		return span{none: backwards}
	case end || position == noPlace:
		return span{from: noPlace, none: !backwards}
	case backwards: // excludes the place
		return span{from: max(position, 1) - 1, none: position == 0}
	}
	return span{from: position}
}

func (r *reader) readLog(at span, backwards bool, count uint64, f *filter) error {
	if at.none || count == 0 {
		return nil
	}
	read := logSource{r.Server}.forward
	if backwards {
		read = logSource{r.Server}.backward
	}
	for e, err := range read(r.ctx, at.from) {
		if err != nil {
			return err
		}
		if f != nil {
			if matched, err := f.matches(&e); err != nil || !matched {
				if err != nil {
					return err
				}
				continue
			}
		}
		if err := r.event(&e); err != nil {
			return err
		}
		if count--; count == 0 {
			break
		}
	}
	return nil
}

func (r *reader) readStream(name string, o *streams.ReadReq_Options, backwards bool) error {
	p, err := r.place(name)
	if err != nil {
		return err
	}
	c, err := r.condition(r.ctx, p)
	if err != nil {
		return err
	}
	if p.kind == view {
		if c.head, err = r.open(p).end(r.ctx); err != nil {
			return err
		}
	}
	switch {
	case c.tombstoned:
		return streamDeleted(name)
	case c.head == 0 || c.deleted():
		return r.stream.Send(notFound(name))
	}
	at := streamPlace(o.GetStream(), backwards)
	if err := r.sendStream(r.open(p), at, c, backwards, o.GetCount()); err != nil {
		return err
	}
	if o.GetControlOption().GetCompatibility() == 0 {
		return nil
	}
	if backwards {
		return r.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_FirstStreamPosition{FirstStreamPosition: c.first()}})
	}
	return r.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_LastStreamPosition{LastStreamPosition: c.head - 1}})
}

func streamPlace(o *streams.ReadReq_Options_StreamOptions, backwards bool) span {
	switch {
	case o.GetStart() != nil:
		return span{}
	case o.GetEnd() != nil || o.GetRevision() == noPlace:
		return span{from: noPlace, none: !backwards}
	}
	return span{from: o.GetRevision()}
}

func (r *reader) sendStream(src source, at span, c condition, backwards bool, count uint64) error {
	if at.none || count == 0 {
		return nil
	}
	low := c.first()
	events := src.forward(r.ctx, max(low, at.from))
	if backwards {
		events = src.backward(r.ctx, at.from)
	}
	for e, err := range events {
		if err != nil || e.at < low {
			return err
		}
		if c.maxAge > 0 && time.Since(e.createdAt()) > c.maxAge {
			continue
		}
		if err := r.event(&e); err != nil {
			return err
		}
		if count--; count == 0 {
			break
		}
	}
	return nil
}

// subscribe answers a catch-up subscription until the caller ends it.
func (r *reader) subscribe(o *streams.ReadReq_Options, name string, f *filter, every uint64) error {
	if !r.subscriptions.enter() {
		return exhausted("subscriptions")
	}
	defer r.subscriptions.leave()
	src, from, err := r.subscribed(o, name)
	if err != nil {
		return err
	}
	if o.GetAll() == nil {
		f = nil
	}
	fo := &follower{reader: r, src: src, from: from, filter: f, every: every, log: o.GetAll() != nil}
	return fo.run()
}

// subscribed returns what a subscription follows, and the place after the one
// that it names.
func (r *reader) subscribed(o *streams.ReadReq_Options, name string) (source, uint64, error) {
	if all := o.GetAll(); all != nil {
		src := logSource{r.Server}
		from, err := begin(r.ctx, src, all.GetStart() != nil, all.GetEnd() != nil, all.GetPosition().GetCommitPosition())
		return src, from, err
	}
	p, err := r.place(name)
	if err != nil {
		return nil, 0, err
	}
	src, at := r.open(p), o.GetStream()
	from, err := begin(r.ctx, src, at.GetStart() != nil, at.GetEnd() != nil, at.GetRevision())
	if err != nil || p.kind != scratch {
		return src, from, err
	}
	c, err := r.condition(r.ctx, p)
	if err == nil && c.tombstoned {
		err = streamDeleted(name)
	}
	if !c.deleted() {
		from = max(from, c.first())
	}
	return src, from, err
}

func begin(ctx context.Context, src source, start, end bool, after uint64) (uint64, error) {
	switch {
	case start:
		return 0, nil
	case end || after == math.MaxUint64:
		return src.end(ctx)
	}
	return after + 1, nil
}
