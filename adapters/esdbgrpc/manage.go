//lint:file-ignore SA1019 older clients fill only the deprecated fields

package esdbgrpc

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
)

// groupsService answers the calls on persistent subscriptions.
type groupsService struct {
	persistent.UnimplementedPersistentSubscriptionsServer
	*Server
}

// Create makes a group.
func (s groupsService) Create(ctx context.Context, req *persistent.CreateReq) (*persistent.CreateResp, error) {
	o := req.GetOptions()
	state := groupState{Source: string(o.GetStream().GetStreamIdentifier().GetStreamName()), Name: o.GetGroupName()}
	var err error
	switch {
	case o.GetAll() != nil:
		state.Source = allStreams
	case o.GetStream() == nil: // as older clients say it
		state.Source = string(o.GetStreamIdentifier().GetStreamName())
	}
	if err := s.mayManage(ctx, state.groupName()); err != nil {
		return nil, err
	}
	if state.Settings, err = settingsOf(o.GetSettings()); err != nil {
		return nil, err
	}
	if state.Filter, err = groupFilter(o.GetAll().GetFilter()); err != nil {
		return nil, err
	}
	if state.Start, err = s.startOf(ctx, state.Source, o); err != nil {
		return nil, err
	}
	state.Next = state.Start
	return &persistent.CreateResp{}, s.groups.create(state)
}

// mayManage checks a group's name and whether the caller may change it.
func (s groupsService) mayManage(ctx context.Context, name groupName) error {
	if err := allowed(ctx, Groups, checkedName(name.Source)); err != nil {
		return err
	}
	if name.Name == "" || len(name.Name) > maxGroupName || name.Source == "" || len(name.Source) > maxNameBytes {
		return invalid("the names of a stream and a group are 1 to 500 bytes")
	}
	return nil
}

// startOf is the first place that a new group reads.
func (s groupsService) startOf(ctx context.Context, name string, o *persistent.CreateReq_Options) (uint64, error) {
	src, err := s.sourceOf(name)
	if err != nil {
		return 0, err
	}
	all, stream := o.GetAll(), o.GetStream()
	start := all.GetStart() != nil || stream.GetStart() != nil
	end := all.GetEnd() != nil || stream.GetEnd() != nil
	place := all.GetPosition().GetCommitPosition() + stream.GetRevision() // one of them is 0
	if all == nil && stream == nil {
		place = o.GetSettings().GetRevision()
	}
	switch {
	case start:
		return 0, nil
	case end || place == math.MaxUint64:
		return src.end(ctx)
	}
	return place, nil
}

func groupFilter(o *persistent.CreateReq_AllOptions_FilterOptions) (*filter, error) {
	if o == nil {
		return nil, nil
	}
	plain := &streams.ReadReq_Options_FilterOptions{}
	if e := o.GetStreamIdentifier(); e != nil {
		plain.Filter = &streams.ReadReq_Options_FilterOptions_StreamIdentifier{
			StreamIdentifier: &streams.ReadReq_Options_FilterOptions_Expression{Regex: e.GetRegex(), Prefix: e.GetPrefix()},
		}
	} else {
		e := o.GetEventType()
		plain.Filter = &streams.ReadReq_Options_FilterOptions_EventType{
			EventType: &streams.ReadReq_Options_FilterOptions_Expression{Regex: e.GetRegex(), Prefix: e.GetPrefix()},
		}
	}
	f, _, err := filterOf(plain)
	return f, err
}

// wireSettings is what the settings of a create and an update have in common.
type wireSettings interface {
	GetResolveLinks() bool
	GetExtraStatistics() bool
	GetMaxRetryCount() int32
	GetMinCheckpointCount() int32
	GetMaxCheckpointCount() int32
	GetMaxSubscriberCount() int32
	GetLiveBufferSize() int32
	GetReadBatchSize() int32
	GetHistoryBufferSize() int32
	GetMessageTimeoutMs() int32
	GetMessageTimeoutTicks() int64
	GetCheckpointAfterMs() int32
	GetCheckpointAfterTicks() int64
}

// strategies are what a group may be told to choose consumers by.
var strategies = map[string]bool{"RoundRobin": true, "DispatchToSingle": true, "Pinned": true, "PinnedByCorrelation": true}

func settingsOf(w *persistent.CreateReq_Settings) (settings, error) {
	strategy := w.GetConsumerStrategy()
	if strategy == "" {
		strategy = w.GetNamedConsumerStrategy().String()
	}
	return checkedSettings(w, strategy)
}

// defaultMaxCheckpoint is after how many events a group is saved at the latest
// when its settings do not say.
const defaultMaxCheckpoint = 1_000

func checkedSettings(w wireSettings, strategy string) (settings, error) {
	s := settings{
		ResolveLinks: w.GetResolveLinks(), ExtraStatistics: w.GetExtraStatistics(),
		MaxRetries: w.GetMaxRetryCount(), MinCheckpoint: w.GetMinCheckpointCount(), MaxCheckpoint: w.GetMaxCheckpointCount(),
		MaxConsumers: w.GetMaxSubscriberCount(), LiveBuffer: w.GetLiveBufferSize(), ReadBatch: w.GetReadBatchSize(),
		HistoryBuffer: w.GetHistoryBufferSize(), Strategy: strategy,
		Timeout:         milliseconds(w.GetMessageTimeoutMs(), w.GetMessageTimeoutTicks()),
		CheckpointAfter: milliseconds(w.GetCheckpointAfterMs(), w.GetCheckpointAfterTicks()),
	}
	for _, n := range []int32{s.MaxRetries, s.MinCheckpoint, s.MaxCheckpoint, s.MaxConsumers, s.LiveBuffer, s.ReadBatch, s.HistoryBuffer, s.Timeout, s.CheckpointAfter} {
		if n < 0 {
			return s, invalid("a persistent subscription's settings are not negative")
		}
	}
	if s.MaxCheckpoint == 0 {
		s.MaxCheckpoint = defaultMaxCheckpoint
	}
	if !strategies[strategy] {
		return s, invalid("the consumer strategy is not known")
	}
	return s, nil
}

// milliseconds reads a time that older clients state in ticks of 100 ns.
func milliseconds(ms int32, ticks int64) int32 {
	if ticks > 0 {
		return int32(min(ticks/10_000, math.MaxInt32))
	}
	return ms
}

// Update changes a group's settings.
func (s groupsService) Update(ctx context.Context, req *persistent.UpdateReq) (*persistent.UpdateResp, error) {
	o := req.GetOptions()
	id := o.GetStream().GetStreamIdentifier()
	if o.GetStream() == nil {
		id = o.GetStreamIdentifier()
	}
	name := nameOf(id, o.GetAll() != nil, o.GetGroupName())
	if err := s.mayManage(ctx, name); err != nil {
		return nil, err
	}
	changed, err := checkedSettings(o.GetSettings(), o.GetSettings().GetNamedConsumerStrategy().String())
	if err != nil {
		return nil, err
	}
	return &persistent.UpdateResp{}, s.groups.update(name, changed)
}

// Delete ends a group.
func (s groupsService) Delete(ctx context.Context, req *persistent.DeleteReq) (*persistent.DeleteResp, error) {
	o := req.GetOptions()
	name := nameOf(o.GetStreamIdentifier(), o.GetAll() != nil, o.GetGroupName())
	if err := s.mayManage(ctx, name); err != nil {
		return nil, err
	}
	return &persistent.DeleteResp{}, s.groups.remove(name)
}

// ReplayParked tries parked events again.
func (s groupsService) ReplayParked(ctx context.Context, req *persistent.ReplayParkedReq) (*persistent.ReplayParkedResp, error) {
	o := req.GetOptions()
	g, err := s.managed(ctx, nameOf(o.GetStreamIdentifier(), o.GetAll() != nil, o.GetGroupName()))
	if err != nil {
		return nil, err
	}
	g.replay(o.GetStopAt())
	return &persistent.ReplayParkedResp{}, nil
}

func (s groupsService) managed(ctx context.Context, name groupName) (*group, error) {
	if err := s.mayManage(ctx, name); err != nil {
		return nil, err
	}
	return s.groups.find(name)
}

// GetInfo tells how a group is doing.
func (s groupsService) GetInfo(ctx context.Context, req *persistent.GetInfoReq) (*persistent.GetInfoResp, error) {
	o := req.GetOptions()
	g, err := s.managed(ctx, nameOf(o.GetStreamIdentifier(), o.GetAll() != nil, o.GetGroupName()))
	if err != nil {
		return nil, err
	}
	info, err := g.info(ctx)
	return &persistent.GetInfoResp{SubscriptionInfo: info}, err
}

// List tells of all groups, or those of one stream.
func (s groupsService) List(ctx context.Context, req *persistent.ListReq) (*persistent.ListResp, error) {
	if err := allowed(ctx, Groups, ""); err != nil {
		return nil, err
	}
	o := req.GetOptions()
	one, all := o.GetListForStream(), o.GetListAllSubscriptions() != nil
	source := nameOf(one.GetStream(), one.GetAll() != nil, "").Source
	out := &persistent.ListResp{}
	for _, g := range s.groups.list(source, all) {
		info, err := g.info(ctx)
		if err != nil {
			return nil, err
		}
		out.Subscriptions = append(out.Subscriptions, info)
	}
	if len(out.Subscriptions) == 0 && !all {
		return nil, missing(groupName{source, ""})
	}
	return out, nil
}

// RestartSubsystem disconnects all consumers of all groups.
func (s groupsService) RestartSubsystem(ctx context.Context, _ *shared.Empty) (*shared.Empty, error) {
	if !callerOf(ctx).rights.may(Admin) {
		return nil, denied("this needs an administrator")
	}
	if err := s.groups.restart(); err != nil {
		return nil, refusal(codes.Unavailable, "the persistent subscriptions cannot be restarted")
	}
	return &shared.Empty{}, nil
}

// at writes a place as clients read it.
func (g *group) at(place uint64) string {
	if g.Source == allStreams {
		return fmt.Sprintf("C:%d/P:%d", place, place)
	}
	return decimal(place)
}

func (g *group) info(ctx context.Context) (*persistent.SubscriptionInfo, error) {
	end, err := g.src.end(ctx)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s, waiting := g.Settings, int64(0)
	for _, p := range g.Parked {
		if !p.replaying {
			waiting++
		}
	}
	out := &persistent.SubscriptionInfo{
		EventSource: g.Source, GroupName: g.Name, Status: "Behind", StartFrom: g.at(g.Start),
		TotalItems: g.total, AveragePerSecond: perSecond(g.total, g.since),
		ResolveLinkTos: s.ResolveLinks, ExtraStatistics: s.ExtraStatistics, MessageTimeoutMilliseconds: s.Timeout,
		MaxRetryCount: s.MaxRetries, LiveBufferSize: s.LiveBuffer, BufferSize: s.HistoryBuffer, ReadBatchSize: s.ReadBatch,
		CheckPointAfterMilliseconds: s.CheckpointAfter, MinCheckPointCount: s.MinCheckpoint, MaxCheckPointCount: s.MaxCheckpoint,
		NamedConsumerStrategy: s.Strategy, MaxSubscriberCount: s.MaxConsumers,
		RetryBufferCount: int32(len(g.retries)), TotalInFlightMessages: int32(len(g.held)),
		OutstandingMessagesCount: int32(len(g.held) + len(g.retries)), ParkedMessageCount: waiting,
	}
	if g.reading >= end {
		out.Status = "Live"
	}
	if g.Next > 0 {
		out.LastCheckpointedEventPosition = g.at(g.Next - 1)
	}
	if end > 0 {
		out.LastKnownEventPosition = g.at(end - 1)
	}
	for _, c := range g.consumers {
		out.Connections = append(out.Connections, &persistent.SubscriptionInfo_ConnectionInfo{
			Username: c.name, TotalItems: c.total, AverageItemsPerSecond: perSecond(c.total, c.since),
			AvailableSlots: int32(c.slots - c.inUse), InFlightMessages: int32(c.inUse),
		})
	}
	return out, nil
}

func perSecond(n int64, since time.Time) int32 {
	return int32(min(float64(n)/max(time.Since(since).Seconds(), 1), math.MaxInt32))
}
