package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// ReadJSON reads JSON that another version of the program may have written. What it does not say
// is as usual. More reports that it has fields which this version does not know. It fails with
// [ErrNewer] where a value is of another type than it ever was, and with [ErrValue] otherwise.
func ReadJSON[T any](text []byte, usual T) (read T, more bool, err error) {
	read = usual
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if strict.Decode(&read) == nil && !strict.More() {
		return read, false, nil
	}
	read = usual
	err = json.Unmarshal(text, &read)
	var otherType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &otherType) && otherType.Field != "": // not the whole
		return usual, false, fmt.Errorf("%w: %w", ErrNewer, err)
	case err != nil:
		return usual, false, fmt.Errorf("%w: %w", ErrValue, err)
	}
	return read, true, nil
}
