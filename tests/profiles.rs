//! What people here tell of themselves reaches the servers of those who follow them.
use serde_json::json;

use crate::network::{Network, on_both};

async fn a_changed_profile_arrives() {
    let net = Network::of(["alpha.test", "beta.test"]).await;
    let (alpha, far) = (net.server("alpha.test"), net.server("beta.test"));
    let (ana, bea) = (alpha.person("ana").await, far.person("bea").await);
    bea.follow(&ana.handle()).await;
    net.settle().await;
    let told = json!({
        "display_name": "Ana Ruiz", "note": "Huertos", "locked": true,
        "fields_attributes": [{ "name": "Página", "value": "https://ana.example/" }],
    });
    ana.api("PATCH", "/api/v1/accounts/update_credentials", &told).await;
    net.settle().await;
    let document = alpha.document(ana.uri()).await;
    assert_eq!(document["attachment"][0]["type"], "PropertyValue");
    assert_eq!(document["manuallyApprovesFollowers"], true);
    let seen = bea.find_account(&ana.handle()).await;
    assert_eq!(
        (&seen["display_name"], &seen["note"], &seen["locked"]),
        (&json!("Ana Ruiz"), &json!("<p>Huertos</p>"), &json!(true))
    );
    assert_eq!(seen["fields"][0]["name"], "Página");
    assert!(seen["fields"][0]["value"].as_str().unwrap().contains("https://ana.example/"));
}

on_both![a_changed_profile_arrives];
