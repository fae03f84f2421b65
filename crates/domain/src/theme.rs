//! What communities are about: a short, closed list, so that directories narrow by it in every language.
use crate::actor::text_enum;

text_enum! {
    /// What is talked about in a community, in one of a few words.
    Theme {
        /// Animals, wild and at home.
        Animals = "animals",
        /// Art, design and culture.
        Arts = "arts",
        /// Books and writing.
        Books = "books",
        /// Work, money and companies.
        Business = "business",
        /// Schools, studies and those who teach.
        Education = "education",
        /// Nature, climate and energy.
        Environment = "environment",
        /// Bringing up and looking after others.
        Family = "family",
        /// What one eats and drinks.
        Food = "food",
        /// Games, on tables and on screens.
        Games = "games",
        /// Body and mind.
        Health = "health",
        /// What was before us.
        History = "history",
        /// The house, the garden and what one makes by hand.
        Home = "home",
        /// Learning and speaking languages.
        Languages = "languages",
        /// Neighbourhoods, villages and towns.
        Local = "local",
        /// Getting from one place to another.
        Mobility = "mobility",
        /// Listening and playing.
        Music = "music",
        /// What is decided for all.
        Politics = "politics",
        /// Rights, and helping one another.
        Rights = "rights",
        /// What is found out about the world.
        Science = "science",
        /// Films and series.
        Screen = "screen",
        /// Moving, and watching others move.
        Sport = "sport",
        /// Computers and what is done with them.
        Technology = "technology",
        /// Going away and coming back.
        Travel = "travel",
    }
}

/// Of how many a community may say that it is about: what is about everything is found by nobody.
pub const THEMES: usize = 3;
