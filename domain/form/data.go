package form

import "embed"

//go:embed data/*.json
var data embed.FS

// Shipped returns the texts of the definitions and views that come with the
// program, in the order of their names.
func Shipped() [][]byte {
	files, err := data.ReadDir("data")
	if err != nil {
		panic(err) // the folder is embedded
	}
	var texts [][]byte
	for _, file := range files {
		text, err := data.ReadFile("data/" + file.Name())
		if err != nil {
			panic(err)
		}
		texts = append(texts, text)
	}
	return texts
}
