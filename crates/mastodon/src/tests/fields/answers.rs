//! What is answered where, when all is well: of each kind of answer the routes, without `/api/`.

/// The kinds of answers and their routes. `Error` stands for routes of what is never there. `/` parts what may be answered.
pub(super) const ANSWERS: &[(&str, &str)] = &[
    ("Account", "GET v1/accounts/:id, GET v1/accounts/lookup"),
    (
        "[Account]",
        "GET v1/accounts, GET v1/accounts/:id/endorsements, GET v1/accounts/:id/followers, GET v1/accounts/:id/following, \
         GET v1/accounts/search, GET v1/blocks, GET v1/directory, GET v1/endorsements, GET v1/follow_requests, \
         GET v1/lists/:id/accounts, GET v1/statuses/:id/favourited_by, GET v1/statuses/:id/reblogged_by, \
         GET v1/suggestions, GET v2/notifications/:group_key/accounts",
    ),
    ("[MutedAccount]", "GET v1/mutes"),
    (
        "CredentialAccount",
        "GET v1/accounts/verify_credentials, PATCH v1/accounts/update_credentials, DELETE v1/profile/avatar, \
         DELETE v1/profile/header",
    ),
    ("Profile", "GET v1/profile, PUT v1/profile, PATCH v1/profile"),
    (
        "Relationship",
        "POST v1/accounts/:id/block, POST v1/accounts/:id/endorse, POST v1/accounts/:id/follow, POST v1/accounts/:id/mute, \
         POST v1/accounts/:id/note, POST v1/accounts/:id/pin, POST v1/accounts/:id/remove_from_followers, \
         POST v1/accounts/:id/unblock, POST v1/accounts/:id/unendorse, POST v1/accounts/:id/unfollow, \
         POST v1/accounts/:id/unmute, POST v1/accounts/:id/unpin, POST v1/follow_requests/:id/authorize, \
         POST v1/follow_requests/:id/reject",
    ),
    ("[Relationship]", "GET v1/accounts/relationships"),
    ("[FamiliarFollowers]", "GET v1/accounts/familiar_followers"),
    ("[Suggestion]", "GET v2/suggestions"),
    ("[none]", "GET v1/accounts/:id/identity_proofs"),
    ("Collections", "GET v1/accounts/:id/collections, GET v1/accounts/:id/in_collections"),
    ("FeaturedTag", "POST v1/featured_tags"),
    ("[FeaturedTag]", "GET v1/featured_tags, GET v1/accounts/:id/featured_tags"),
    (
        "Tag",
        "GET v1/tags/:name, POST v1/tags/:name/follow, POST v1/tags/:name/unfollow, POST v1/tags/:name/feature, \
         POST v1/tags/:name/unfeature",
    ),
    ("[Tag]", "GET v1/followed_tags, GET v1/featured_tags/suggestions, GET v1/trends, GET v1/trends/tags"),
    ("[TrendsLink]", "GET v1/trends/links"),
    (
        "Status",
        "GET v1/statuses/:id, PUT v1/statuses/:id, DELETE v1/statuses/:id, POST v1/statuses/:id/bookmark, \
         POST v1/statuses/:id/unbookmark, POST v1/statuses/:id/favourite, POST v1/statuses/:id/unfavourite, \
         POST v1/statuses/:id/mute, POST v1/statuses/:id/unmute, POST v1/statuses/:id/pin, POST v1/statuses/:id/unpin, \
         POST v1/statuses/:id/reblog, POST v1/statuses/:id/unreblog, PUT v1/statuses/:id/interaction_policy, \
         POST v1/statuses/:status_id/quotes/:id/revoke, PUT v1/pleroma/statuses/:id/reactions/:emoji, \
         DELETE v1/pleroma/statuses/:id/reactions/:emoji, PUT v1/statuses/:id/emoji_reactions/:emoji, \
         DELETE v1/statuses/:id/emoji_reactions/:emoji, POST v1/statuses/:id/react/:emoji, \
         POST v1/statuses/:id/unreact/:emoji",
    ),
    ("Status/ScheduledStatus", "POST v1/statuses"),
    (
        "[Status]",
        "GET v1/statuses, GET v1/accounts/:id/statuses, GET v1/bookmarks, GET v1/favourites, GET v1/statuses/:id/quotes, \
         GET v1/timelines/home, GET v1/timelines/link, GET v1/timelines/list/:id, GET v1/timelines/public, \
         GET v1/timelines/tag/:hashtag, GET v1/trends/statuses",
    ),
    ("ScheduledStatus", "GET v1/scheduled_statuses/:id, PUT v1/scheduled_statuses/:id"),
    ("[ScheduledStatus]", "GET v1/scheduled_statuses"),
    ("Context", "GET v1/statuses/:id/context"),
    ("[StatusEdit]", "GET v1/statuses/:id/history"),
    ("StatusSource", "GET v1/statuses/:id/source"),
    ("[PleromaReaction]", "GET v1/pleroma/statuses/:id/reactions"),
    ("MediaAttachment", "POST v1/media, POST v2/media, GET v1/media/:id, PUT v1/media/:id"),
    ("Poll", "GET v1/polls/:id, POST v1/polls/:id/votes"),
    ("Search", "GET v2/search"),
    ("[Conversation]", "GET v1/conversations"),
    ("Conversation", "POST v1/conversations/:id/read, POST v1/conversations/:id/unread"),
    ("Notification", "GET v1/notifications/:id"),
    ("[Notification]", "GET v1/notifications"),
    ("GroupedNotificationsResults", "GET v2/notifications, GET v2/notifications/:group_key"),
    ("Count", "GET v1/notifications/unread_count, GET v2/notifications/unread_count"),
    ("NotificationPolicy", "GET v2/notifications/policy, PUT v2/notifications/policy, PATCH v2/notifications/policy"),
    (
        "FirstNotificationPolicy",
        "GET v1/notifications/policy, PUT v1/notifications/policy, PATCH v1/notifications/policy",
    ),
    ("NotificationRequest", "GET v1/notifications/requests/:id"),
    ("[NotificationRequest]", "GET v1/notifications/requests"),
    ("Merged", "GET v1/notifications/requests/merged"),
    ("List", "POST v1/lists, GET v1/lists/:id, PUT v1/lists/:id"),
    ("[List]", "GET v1/lists, GET v1/accounts/:id/lists"),
    ("Filter", "POST v2/filters, GET v2/filters/:id, PUT v2/filters/:id"),
    ("[Filter]", "GET v2/filters"),
    ("FirstFilter", "POST v1/filters, GET v1/filters/:id, PUT v1/filters/:id"),
    ("[FirstFilter]", "GET v1/filters"),
    ("FilterKeyword", "POST v2/filters/:id/keywords, GET v2/filters/keywords/:id, PUT v2/filters/keywords/:id"),
    ("[FilterKeyword]", "GET v2/filters/:id/keywords"),
    ("FilterStatus", "POST v2/filters/:id/statuses, GET v2/filters/statuses/:id"),
    ("[FilterStatus]", "GET v2/filters/:id/statuses"),
    ("Markers", "GET v1/markers, POST v1/markers"),
    ("[Announcement]", "GET v1/announcements"),
    ("[CustomEmoji]", "GET v1/custom_emojis"),
    ("Report", "POST v1/reports"),
    ("[text]", "GET v1/domain_blocks, GET v1/instance/peers, GET v1/peers/search"),
    ("DomainBlockPreview", "GET v1/domain_blocks/preview"),
    ("Preferences", "GET v1/preferences"),
    ("Instance", "GET v2/instance"),
    ("FirstInstance", "GET v1/instance"),
    ("[Rule]", "GET v1/instance/rules"),
    ("[Week]", "GET v1/instance/activity"),
    ("[DomainBlock]", "GET v1/instance/domain_blocks"),
    ("ExtendedDescription", "GET v1/instance/extended_description"),
    ("PrivacyPolicy", "GET v1/instance/privacy_policy"),
    ("TermsOfService", "GET v1/instance/terms_of_service, GET v1/instance/terms_of_service/:date"),
    ("[Language]", "GET v1/instance/languages"),
    ("map", "GET v1/instance/translation_languages"),
    ("CredentialApplication", "POST v1/apps"),
    ("OwnApplication", "GET v1/apps/verify_credentials"),
    ("Token", "POST v1/accounts, POST /oauth/token"),
    ("Userinfo", "GET /oauth/userinfo, POST /oauth/userinfo"),
    ("OauthServer", "GET /.well-known/oauth-authorization-server"),
    (
        "WebPushSubscription",
        "GET v1/push/subscription, POST v1/push/subscription, PUT v1/push/subscription, \
         PATCH v1/push/subscription",
    ),
    ("flag", "GET v1/emails/check_confirmation"),
    (
        "Empty",
        "DELETE v1/announcements/:announcement_id/reactions/:name, PUT v1/announcements/:announcement_id/reactions/:name, \
         POST v1/announcements/:id/dismiss, DELETE v1/conversations/:id, DELETE v1/domain_blocks, POST v1/domain_blocks, \
         POST v1/emails/confirmations, DELETE v1/featured_tags/:id, DELETE v1/filters/:id, DELETE v1/lists/:id, \
         POST v1/lists/:id/accounts, DELETE v1/lists/:id/accounts, DELETE v1/media/:id, POST v1/notifications/:id/dismiss, \
         POST v1/notifications/clear, POST v1/notifications/dismiss, POST v1/notifications/requests/:id/accept, \
         POST v1/notifications/requests/:id/dismiss, POST v1/notifications/requests/accept, \
         POST v1/notifications/requests/dismiss, DELETE v1/push/subscription, DELETE v1/scheduled_statuses/:id, \
         DELETE v1/suggestions/:id, DELETE v2/filters/:id, DELETE v2/filters/keywords/:id, DELETE v2/filters/statuses/:id, \
         POST v2/notifications/:group_key/dismiss, POST v2/notifications/clear, POST v1/admin/accounts/:id/action, \
         DELETE v1/admin/ip_blocks/:id, DELETE v1/admin/email_domain_blocks/:id, DELETE v1/admin/canonical_email_blocks/:id, \
         POST /oauth/revoke",
    ),
    (
        "AdminAccount",
        "POST v1/admin/accounts/:id/approve, POST v1/admin/accounts/:id/enable, POST v1/admin/accounts/:id/reject, \
         POST v1/admin/accounts/:id/unsensitive, POST v1/admin/accounts/:id/unsilence, \
         POST v1/admin/accounts/:id/unsuspend, DELETE v1/admin/accounts/:id, GET v1/admin/accounts/:id",
    ),
    ("[AdminAccount]", "GET v1/admin/accounts, GET v2/admin/accounts"),
    (
        "AdminReport",
        "POST v1/admin/reports/:id/assign_to_self, POST v1/admin/reports/:id/reopen, POST v1/admin/reports/:id/resolve, \
         POST v1/admin/reports/:id/unassign, GET v1/admin/reports/:id, PUT v1/admin/reports/:id",
    ),
    ("[AdminReport]", "GET v1/admin/reports"),
    (
        "AdminDomainBlock",
        "POST v1/admin/domain_blocks, GET v1/admin/domain_blocks/:id, PUT v1/admin/domain_blocks/:id, \
         DELETE v1/admin/domain_blocks/:id",
    ),
    ("[AdminDomainBlock]", "GET v1/admin/domain_blocks"),
    (
        "AdminDomainAllow",
        "POST v1/admin/domain_allows, GET v1/admin/domain_allows/:id, DELETE v1/admin/domain_allows/:id",
    ),
    ("[AdminDomainAllow]", "GET v1/admin/domain_allows"),
    ("AdminIpBlock", "POST v1/admin/ip_blocks, GET v1/admin/ip_blocks/:id, PUT v1/admin/ip_blocks/:id"),
    ("[AdminIpBlock]", "GET v1/admin/ip_blocks"),
    ("AdminEmailDomainBlock", "POST v1/admin/email_domain_blocks, GET v1/admin/email_domain_blocks/:id"),
    ("[AdminEmailDomainBlock]", "GET v1/admin/email_domain_blocks"),
    ("AdminCanonicalEmailBlock", "POST v1/admin/canonical_email_blocks, GET v1/admin/canonical_email_blocks/:id"),
    ("[AdminCanonicalEmailBlock]", "GET v1/admin/canonical_email_blocks, POST v1/admin/canonical_email_blocks/test"),
    ("[AdminDimension]", "POST v1/admin/dimensions"),
    ("[AdminMeasure]", "POST v1/admin/measures"),
    ("[AdminCohort]", "POST v1/admin/retention"),
    (
        "[none]",
        "GET v1/admin/tags, GET v1/admin/trends/tags, GET v1/admin/trends/statuses, GET v1/admin/trends/links, \
         GET v1/admin/trends/links/publishers",
    ),
    (
        "Error",
        "GET v1/admin/tags/:id, PUT v1/admin/tags/:id, POST v1/admin/trends/links/:id/approve, \
         POST v1/admin/trends/links/:id/reject, POST v1/admin/trends/links/publishers/:id/approve, \
         POST v1/admin/trends/links/publishers/:id/reject, POST v1/admin/trends/statuses/:id/approve, \
         POST v1/admin/trends/statuses/:id/reject, POST v1/admin/trends/tags/:id/approve, \
         POST v1/admin/trends/tags/:id/reject, GET v1/collections/:id, \
         POST v1/collections/:collection_id/items/:id/revoke, POST v1/statuses/:id/translate",
    ),
    ("Refresh", "GET v1_alpha/async_refreshes/:id"),
];
