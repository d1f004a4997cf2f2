package esdbgrpc

import (
	"encoding/hex"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/protobuf/encoding/protowire"

	"caseledger/eventstore"
)

// uuid writes an id in the form that the client asked for.
func uuid(id eventstore.EventID, asText bool) *shared.UUID {
	if asText {
		return &shared.UUID{Value: &shared.UUID_String_{String_: uuidText(id)}}
	}
	most, least := halves(id)
	return &shared.UUID{Value: &shared.UUID_Structured_{
		Structured: &shared.UUID_Structured{MostSignificantBits: most, LeastSignificantBits: least},
	}}
}

func idOf(u *shared.UUID) (eventstore.EventID, error) {
	if st := u.GetStructured(); st != nil {
		return fromHalves(st.MostSignificantBits, st.LeastSignificantBits), nil
	}
	b, err := hex.DecodeString(strings.ReplaceAll(u.GetString_(), "-", ""))
	if err != nil || len(b) != len(eventstore.EventID{}) {
		return eventstore.EventID{}, invalid("an id is not a UUID")
	}
	return eventstore.EventID(b), nil
}

func identifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

func confirmation(id string) *streams.ReadResp {
	return &streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: id},
	}}
}

func notFound(stream string) *streams.ReadResp {
	return &streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{
		StreamNotFound: &streams.ReadResp_StreamNotFound{StreamIdentifier: identifier(stream)},
	}}
}

// checkpoint says how far the server has looked. Newer clients also read a
// time, which the generated messages do not have yet.
func checkpoint(position uint64) *streams.ReadResp {
	m := &streams.ReadResp_Checkpoint{CommitPosition: position, PreparePosition: position}
	m.ProtoReflect().SetUnknown(timestamp(nil, 3, time.Now()))
	return &streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{Checkpoint: m}}
}

// caughtUp and fellBehind carry a time and a place, which newer clients need.
func caughtUp(p progress) *streams.ReadResp {
	m := &streams.ReadResp_CaughtUp{}
	m.ProtoReflect().SetUnknown(p.append(nil))
	return &streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: m}}
}

func fellBehind(p progress) *streams.ReadResp {
	m := &streams.ReadResp_FellBehind{}
	m.ProtoReflect().SetUnknown(p.append(nil))
	return &streams.ReadResp{Content: &streams.ReadResp_FellBehind_{FellBehind: m}}
}

// progress is how far a subscription has come.
type progress struct {
	log   bool
	known bool // whether there is a last place
	last  uint64
}

func (p progress) append(b []byte) []byte {
	b = timestamp(b, 1, time.Now())
	switch {
	case p.log:
		position := number(number(nil, 1, p.last), 2, p.last)
		b = protowire.AppendBytes(protowire.AppendTag(b, 3, protowire.BytesType), position)
	case p.known:
		b = number(b, 2, p.last)
	}
	return b
}

func timestamp(b []byte, field protowire.Number, t time.Time) []byte {
	m := number(number(nil, 1, uint64(t.Unix())), 2, uint64(t.Nanosecond()))
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}

// noPlace is how clients write "from the end".
const noPlace = math.MaxUint64
