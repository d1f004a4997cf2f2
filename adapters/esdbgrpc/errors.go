package esdbgrpc

import (
	"context"
	"errors"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"caseledger/eventstore"
)

// failure is an error of the protocol: clients tell errors apart by trailers,
// of which "exception" names the kind.
type failure struct {
	code     codes.Code
	message  string
	trailers []string // pairs
}

func (f *failure) Error() string { return f.message }

// GRPCStatus is what a client sees besides the trailers.
func (f *failure) GRPCStatus() *status.Status { return status.New(f.code, f.message) }

func refusal(code codes.Code, message string, trailers ...string) error {
	return &failure{code: code, message: message, trailers: trailers}
}

func invalid(message string) error { return refusal(codes.InvalidArgument, message) }

func denied(message string) error {
	return refusal(codes.PermissionDenied, message, "exception", "access-denied")
}

func exhausted(what string) error { return refusal(codes.ResourceExhausted, "too many "+what) }

func tooLarge() error {
	return refusal(codes.InvalidArgument, "the append is larger than allowed",
		"exception", "maximum-append-size-exceeded", "maximum-append-size", strconv.Itoa(eventstore.MaxAppendBytes))
}

func streamDeleted(stream string) error {
	return refusal(codes.FailedPrecondition, "the stream is deleted", "exception", "stream-deleted", "stream-name", printable(stream))
}

// keptForEver answers every wish to delete or truncate.
func keptForEver() error {
	return denied("this stream is a ledger's: it is never deleted or truncated, and has no settings")
}

// finish sets the trailers of an error and makes it one of gRPC. An error of
// the store is logged here and not told to the caller.
func (s *Server) finish(ctx context.Context, err error) error {
	var f *failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		if len(f.trailers) > 0 {
			// Fails only after the call has ended, when nobody reads them.
			_ = grpc.SetTrailer(ctx, metadata.Pairs(f.trailers...))
		}
		return f.GRPCStatus().Err()
	case errors.Is(err, eventstore.ErrInvalid):
		return status.Error(codes.InvalidArgument, err.Error())
	case errors.Is(err, context.Canceled):
		return status.Error(codes.Canceled, "the call has ended")
	case errors.Is(err, context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, "the call's time is over")
	}
	if _, known := status.FromError(err); known {
		return err
	}
	s.log.Error("esdbgrpc: the store cannot answer", "error", err)
	return status.Error(codes.Unavailable, "the store cannot answer")
}

// printable makes a name fit for a trailer, which is ASCII.
func printable(name string) string {
	for _, c := range []byte(name) {
		if c < ' ' || c > '~' {
			return strconv.QuoteToASCII(name)
		}
	}
	return name
}
