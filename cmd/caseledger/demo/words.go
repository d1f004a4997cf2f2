package demo

var givenNames = []string{
	"Aisha", "Alfie", "Amara", "Ava", "Bethan", "Callum", "Chidi", "Daisy", "Darcy", "Eira", "Ellis", "Esme", "Farah", "Finn",
	"Freya", "George", "Gwen", "Hamza", "Harley", "Imani", "Isla", "Jamal", "Jasmine", "Kai", "Keira", "Leon", "Lola", "Maisie",
	"Marek", "Mia", "Mohammed", "Nadia", "Niamh", "Noah", "Olivia", "Oskar", "Poppy", "Priya", "Rafe", "Rhys", "Rosie", "Samir",
	"Sienna", "Tariq", "Tegan", "Theo", "Uma", "Violet", "William", "Yusuf", "Zara", "Zofia",
}

var familyNames = []string{
	"Abbott", "Adeyemi", "Ahmed", "Baker", "Barnes", "Begum", "Bennett", "Carter", "Chowdhury", "Clarke", "Davies", "Dhillon",
	"Edwards", "Evans", "Fletcher", "Foster", "Garner", "Green", "Hall", "Hussain", "Ibrahim", "Jackson", "Jones", "Kaur", "Khan",
	"Kowalski", "Lewis", "Lloyd", "Marsh", "Mensah", "Morgan", "Nowak", "Okafor", "Owen", "Parker", "Patel", "Quinn", "Reid",
	"Roberts", "Shah", "Singh", "Taylor", "Turner", "Vaughan", "Walker", "Watts", "Young",
}

var streets = []string{"Mill Lane", "Station Road", "Church Street", "Orchard Way", "Canal Row", "Hill View", "Park Crescent", "Weavers Close"}

var ethnicities = []string{"WBRI", "WBRI", "WBRI", "WBRI", "WIRI", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN", "AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "NOBT"}

var disabilities = []string{"MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA"}

var sources = []string{"1A", "1B", "1C", "1D", "2A", "2A", "2B", "3A", "3B", "3C", "3D", "3E", "3F", "4", "5A", "5B", "5C", "6", "6", "7", "8", "9", "10"}

var needs = []string{"N1", "N1", "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8"}

var categories = []string{"NEG", "NEG", "NEG", "EMO", "EMO", "PHY", "SAB"}

var teams = []string{"assessment-north", "assessment-south", "family-support-east", "family-support-west", "protection-central"}

var agencies = []string{"police", "health", "education", "housing", "probation"}

// observations are what workers write down; the demo draws some for each note.
var observations = []string{
	"The home was warm and tidy. ",
	"There was little food in the kitchen. ",
	"The child was seen alone and spoke freely. ",
	"The child did not want to talk today. ",
	"Mother said that school mornings are going better. ",
	"Father was not at home; he has been asked to ring the office. ",
	"The health visitor is content with weight and development. ",
	"School reports three days of absence in the last two weeks. ",
	"A neighbour was heard shouting during the visit. ",
	"The bedroom was seen and is suitable. ",
	"The plan was gone through line by line with the family. ",
	"Grandmother has offered to help at weekends. ",
}

// wishes are what children say.
var wishes = []string{
	"I want to stay with Nan at weekends.",
	"I like it when Mum reads to me.",
	"I do not like the shouting.",
	"I want to see my dad, but not at his flat.",
	"School is the best part of the day.",
	"I want somebody to tell me what happens next.",
}
