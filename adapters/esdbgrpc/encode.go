package esdbgrpc

import (
	"encoding/hex"
	"strconv"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers the codec that encodes everything else
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"caseledger/eventstore"
)

// encoded is a message that is encoded already: an event, of which there are
// so many that the generated code's reflection is what a server's time goes to.
type encoded []byte

// codec sends encoded messages as they are, and all others as usual.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if m, ok := v.(encoded); ok {
		return mem.BufferSlice{mem.SliceBuffer(m)}, nil
	}
	return c.CodecV2.Marshal(v)
}

// sending is how an event is to be written.
type sending struct {
	resolve bool // links
	asText  bool // ids
	retries int32
	group   bool // to a persistent subscription, which also reads the retries
}

// message encodes the ReadResp of a stream or a persistent subscription, which
// agree in the fields that they share: event 1, link 2, commit position 3, and
// retry count 5.
func (s sending) message(e *event) encoded {
	shown, link := e.original(), (*event)(nil)
	if s.resolve {
		shown, link = e, e.link
	}
	size := len(shown.Metadata) + len(shown.Data) + usualHead
	if link != nil {
		size += usualHead
	}
	body := s.recorded(make([]byte, 0, size), 1, shown)
	if link != nil {
		body = s.recorded(body, 2, link)
	}
	body = number(body, 3, uint64(e.Position))
	if s.group {
		body = number(body, 5, uint64(s.retries))
	}
	head := protowire.AppendTag(make([]byte, 0, 8+len(body)), 1, protowire.BytesType)
	return append(protowire.AppendVarint(head, uint64(len(body))), body...)
}

// usualHead is what an event has beside its metadata and data, in bytes.
const usualHead = 400

// recorded appends a RecordedEvent as the given field.
func (s sending) recorded(b []byte, field protowire.Number, e *event) []byte {
	var space [usualHead]byte
	m := s.id(space[:0], e.ID)
	m = protowire.AppendTag(m, 2, protowire.BytesType)
	m = protowire.AppendVarint(m, uint64(1+protowire.SizeBytes(len(e.name))))
	m = text(m, 3, e.name)
	m = number(m, 3, e.number)
	m = number(m, 4, uint64(e.Position))
	m = number(m, 5, uint64(e.Position))
	m = property(m, "type", e.Type)
	m = property(m, "content-type", e.content)
	m = property(m, "created", strconv.FormatInt(e.created, 10))
	size := len(m) + 2 + protowire.SizeBytes(len(e.Metadata)) + protowire.SizeBytes(len(e.Data))
	b = protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(size))
	b = append(b, m...)
	b = protowire.AppendBytes(protowire.AppendTag(b, 7, protowire.BytesType), e.Metadata)
	return protowire.AppendBytes(protowire.AppendTag(b, 8, protowire.BytesType), e.Data)
}

func (s sending) id(b []byte, id eventstore.EventID) []byte {
	var space [64]byte
	if s.asText {
		return protowire.AppendBytes(protowire.AppendTag(b, 1, protowire.BytesType), text(space[:0], 2, uuidText(id)))
	}
	most, least := halves(id)
	pair := number(number(space[:0], 1, uint64(most)), 2, uint64(least))
	b = protowire.AppendVarint(protowire.AppendTag(b, 1, protowire.BytesType), uint64(1+protowire.SizeBytes(len(pair))))
	return protowire.AppendBytes(protowire.AppendTag(b, 1, protowire.BytesType), pair)
}

// property appends an entry of the map of properties.
func property(b []byte, key, value string) []byte {
	b = protowire.AppendTag(b, 6, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(2+protowire.SizeBytes(len(key))+protowire.SizeBytes(len(value))))
	return text(text(b, 1, key), 2, value)
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func number(b []byte, field protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
}

func uuidText(id eventstore.EventID) string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
