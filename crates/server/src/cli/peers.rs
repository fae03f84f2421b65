//! The commands about other servers, and about what is on its way to them.
use clap::{Args, Subcommand};

/// Commands about other servers.
#[derive(Debug, Subcommand)]
pub enum Peer {
    /// List all other servers, with what waits for them and what went wrong; the longest queue first.
    List(PeerList),
    /// Show one server.
    Show(PeerHost),
    /// Try a server again now, with everything that waits for it, also what was given up.
    Retry(PeerHost),
    /// Have nothing to do with a server and all below it: all follows from and to it end.
    Block(PeerBlock),
    /// End the rule about a server; what it ended does not come back.
    Unblock(PeerRuled),
    /// Deal with a server and all below it, whatever is said about the domain above it, or about all others.
    Allow(PeerAllow),
    /// List the rules about servers.
    Rules(PeerList),
}

/// `tertulia peer block`
#[derive(Debug, Args)]
pub struct PeerBlock {
    /// The host, such as example.org.
    pub host: String,
    /// Why, for everybody.
    #[arg(long, default_value = "")]
    pub comment: String,
    /// Why, for those who administer this server.
    #[arg(long, default_value = "")]
    pub private_comment: String,
    /// Only keep its people out of public timelines, and from telling anybody who does not follow them.
    #[arg(long)]
    pub silence: bool,
    /// Only say whom it would concern.
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `tertulia peer allow`
#[derive(Debug, Args)]
pub struct PeerAllow {
    /// The host, such as example.org.
    pub host: String,
    /// Why, for those who administer this server.
    #[arg(long, default_value = "")]
    pub comment: String,
}

/// `tertulia peer unblock`
#[derive(Debug, Args)]
pub struct PeerRuled {
    /// The host that the rule is about.
    pub host: String,
}

/// `tertulia peer list` and `tertulia peer rules`
#[derive(Debug, Args)]
pub struct PeerList {
    /// Print one JSON array.
    #[arg(long)]
    pub json: bool,
}

/// `tertulia peer show` and `tertulia peer retry`
#[derive(Debug, Args)]
pub struct PeerHost {
    /// The host of the server, such as example.org.
    pub host: String,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Commands about deliveries.
#[derive(Debug, Subcommand)]
pub enum Delivery {
    /// List what was not delivered yet, about a post or to a server: to whom, and why not. What is not listed has arrived.
    List(DeliveryList),
    /// Try again what was given up about a post, or send one activity to one server again.
    Replay(DeliveryReplay),
}

/// `tertulia delivery list`
#[derive(Debug, Args)]
pub struct DeliveryList {
    /// The URL of the post.
    #[arg(long, value_name = "URL", required_unless_present = "to", conflicts_with = "to")]
    pub post: Option<String>,
    /// The host of the server.
    #[arg(long, value_name = "HOST")]
    pub to: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    pub most: i64,
    /// Print one JSON array.
    #[arg(long)]
    pub json: bool,
}

/// `tertulia delivery replay`
#[derive(Debug, Args)]
pub struct DeliveryReplay {
    /// The URL of the post.
    #[arg(long, value_name = "URL", required_unless_present = "activity", conflicts_with = "activity")]
    pub post: Option<String>,
    /// The id of the activity, as `tertulia delivery list` shows it.
    #[arg(long, value_name = "URL", requires = "to")]
    pub activity: Option<String>,
    /// The host of the server that the activity is sent to.
    #[arg(long, value_name = "HOST", requires = "activity")]
    pub to: Option<String>,
    /// Print one JSON object with the number of deliveries.
    #[arg(long)]
    pub json: bool,
}
